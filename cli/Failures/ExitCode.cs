namespace Trainyard.Cli.Failures;

/// <summary>The exit codes of <c>bx</c>. The numbers are documented in docs/cli.md: never change one.</summary>
internal enum ExitCode
{
    /// <summary>The command did what it says; for <c>monitor</c>: the run completed.</summary>
    Success = 0,

    /// <summary>The monitored run ended, but not completed.</summary>
    RunFailed = 1,

    /// <summary>The command line itself is wrong.</summary>
    Usage = 2,

    /// <summary>The service does not know the key, or the key may not do this.</summary>
    NotAllowed = 3,

    /// <summary>The training run, or another object named, does not exist.</summary>
    NotFound = 4,

    /// <summary>The manifest, the model or another input is wrong, or a file cannot be read or written.</summary>
    InvalidInput = 5,

    /// <summary>No service answers.</summary>
    Unreachable = 6,

    /// <summary>The request is valid, but not in the run's present state.</summary>
    Conflict = 7,

    /// <summary>The service failed, or answered what this version does not understand; or this program is wrong.</summary>
    ServiceError = 8,

    /// <summary>Ended by Ctrl-C.</summary>
    Interrupted = 130,

    /// <summary>The output has lost its reader. The code is the shell's for a program that SIGPIPE ended.</summary>
    OutputClosed = 141,
}
