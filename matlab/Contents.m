% DICOME  Enhanced-MR DICOM in the right order and with the right dimensions
%
% Reading
%   dicomeread      - Read enhanced-MR DICOM with correct order and dimensions
%   dcmexamcard     - What is inside a Philips raw data file or ExamCard
%
% Writing
%   dicome.export   - Write a scan in another format
%   dcm2par         - Write scans as Philips PAR/REC
%   dcms2e          - Classic files and PAR/REC of an fMRI scan to one Enhanced MR file
%
% Setting up
%   dicome.setup    - Choose the Python that dicome uses, once
%   dicome.version  - Show the versions of dicome and of its Python
