% +DICOME  Export and settings of dicome; images are read by dicomeread
%
%   dicome.export   - Write a scan in another format
%   dicome.setup    - Choose the Python that dicome uses, once
%   dicome.version  - Show the versions of dicome and of its Python
%
% See also DICOMEREAD
