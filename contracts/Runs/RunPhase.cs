using System.Text.Json.Serialization;

namespace Trainyard.Contracts.Runs;

/// <summary>The phase of a run, as <c>monitor</c> prints it (in upper case).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunPhase>))]
public enum RunPhase
{
    /// <summary>Accepted; waits for validation or for a free node.</summary>
    Queued,

    /// <summary>A node holds the run's lease and fetches its data and code.</summary>
    Downloading,

    /// <summary>The command runs.</summary>
    Processing,

    /// <summary>The command has ended; results and logs go into the results bucket.</summary>
    Storing,

    /// <summary>Terminal: the command succeeded and every result is verified in the bucket.</summary>
    Completed,

    /// <summary>Terminal: see the reason.</summary>
    Failed,

    /// <summary>Terminal: canceled by its owner.</summary>
    Halted,
}

/// <summary>The state of a run, as <c>list</c> and <c>show</c> print it (in lower case).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunState>))]
public enum RunState
{
    /// <summary>Waits for a node.</summary>
    Pending,

    /// <summary>Downloading, processing or storing.</summary>
    Running,

    /// <summary>Ended successfully.</summary>
    Completed,

    /// <summary>Failed.</summary>
    Error,

    /// <summary>Canceled by its owner.</summary>
    Canceled,
}
