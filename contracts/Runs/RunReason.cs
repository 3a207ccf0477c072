using System.Text.Json.Serialization;

namespace Trainyard.Contracts.Runs;

/// <summary>The party that can fix a failure.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Fault>))]
public enum Fault
{
    /// <summary>There is no failure.</summary>
    None,

    /// <summary>The manifest, the code, the buckets or a cancel by the owner.</summary>
    User,

    /// <summary>Not enough nodes or GPUs right now.</summary>
    Capacity,

    /// <summary>The service, a node or a network.</summary>
    System,
}

/// <summary>Why a run is in its state: a stable code, a sentence, and the fault.</summary>
public sealed record RunReason
{
    /// <summary>The code of a run that waits again because it gave way to another.</summary>
    public const string PreemptedCode = "preempted";

    /// <summary>Stable, machine-readable, snake_case.</summary>
    public required string Code { get; init; }

    /// <summary>One readable sentence or figure; never contains a secret.</summary>
    public required string Message { get; init; }

    /// <summary>The party that can fix it.</summary>
    public required Fault Fault { get; init; }

    /// <summary>As printed: <c>code: message</c>.</summary>
    public override string ToString() => Message.Length == 0 ? Code : $"{Code}: {Message}";

    public static RunReason CommandFailed(int exitCode) => User("command_failed", ExitCodes.Describe(exitCode));

    public static RunReason MaxDuration(TimeSpan limit) =>
        User("max_duration", $"the command ran longer than {limit:c}");

    public static RunReason DownloadTimeout(TimeSpan limit) =>
        User("download_timeout", $"the data was not on the node after {limit:c}");

    public static RunReason CanceledByOwner { get; } = User("canceled_by_owner", "");

    public static RunReason Succeeded { get; } =
        new()
        {
            Code = "succeeded",
            Message = "",
            Fault = Fault.None,
        };

    public static RunReason NodeLost(string node, int attempts) =>
        System("node_lost", $"node {node} fell silent; {attempts} attempts were made");

    public static RunReason ResultsExist(string bucket, RunId id) =>
        User(
            "results_exist",
            $"'{bucket}' holds results of an earlier run of this id: remove its folder '{id}', or send another Idempotency-Key"
        );

    /// <summary>The run's orchestration no longer exists.</summary>
    public static RunReason OrchestrationLost(string fate) =>
        System("orchestration_lost", $"what moved the run {fate}; submit it again");

    /// <summary>This reason, with a second failure appended to its message.</summary>
    public RunReason WithSecond(string what, string why) =>
        this with
        {
            Message = $"{(Message.Length > 0 ? Message + ". " : "")}{what}: {why}",
        };

    /// <summary>A reason that the user can fix.</summary>
    public static RunReason User(string code, string message) =>
        new()
        {
            Code = code,
            Message = message,
            Fault = Fault.User,
        };

    /// <summary>A reason that more or other machines would remove.</summary>
    public static RunReason Capacity(string code, string message) =>
        new()
        {
            Code = code,
            Message = message,
            Fault = Fault.Capacity,
        };

    /// <summary>Not a failure: the current activity and its progress.</summary>
    public static RunReason Underway(string code, string message) =>
        new()
        {
            Code = code,
            Message = message,
            Fault = Fault.None,
        };

    /// <summary>A fault of the service, a node or a network.</summary>
    public static RunReason System(string code, string message) =>
        new()
        {
            Code = code,
            Message = message,
            Fault = Fault.System,
        };
}
