using System.Text.Json.Serialization;

namespace Trainyard.Manifests.Model;

/// <summary>How many more attempts a run gets, by cause. A broken manifest is never tried again.</summary>
public sealed record RetryLimits
{
    public static RetryLimits Default { get; } = new();

    /// <summary>The node fell silent or was taken away. 0 to 10, default 2.</summary>
    public int NodeLost { get; init; } = 2;

    /// <summary>The service or its agent failed. 0 to 10, default 2.</summary>
    public int SystemError { get; init; } = 2;

    /// <summary>The user's stores could not be reached or refused. 0 to 10, default 0.</summary>
    public int StoreError { get; init; }

    /// <summary>The command ended with a code other than 0. 0 to 10, default 0: only when asked.</summary>
    public int CommandFailed { get; init; }
}
