function number = protocol()
    % PROTOCOL  Number of the protocol that these files speak; dicome.bridge.protocol has its twin

    number = 1;
end
