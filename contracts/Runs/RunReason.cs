using System.Text.Json.Serialization;

namespace Trainyard.Contracts.Runs;

/// <summary>Who can do something about a reason.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Fault>))]
public enum Fault
{
    /// <summary>Nobody failed.</summary>
    None,

    /// <summary>The manifest, the code, the buckets or a cancel by the owner.</summary>
    User,

    /// <summary>Not enough nodes or GPUs right now.</summary>
    Capacity,

    /// <summary>The service, a node or a network.</summary>
    System,
}

/// <summary>Why a run is where it is: a stable code, a sentence, and who is at fault.</summary>
public sealed record RunReason
{
    /// <summary>Stable, machine-readable, snake_case.</summary>
    public required string Code { get; init; }

    /// <summary>One readable sentence or figure; never contains a secret.</summary>
    public required string Message { get; init; }

    /// <summary>Who can do something about it.</summary>
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

    /// <summary>What moved the run is not there any more.</summary>
    public static RunReason OrchestrationLost(string fate) =>
        System("orchestration_lost", $"what moved the run {fate}; submit it again");

    /// <summary>This reason, which stays the first, and beside it what else went wrong.</summary>
    public RunReason WithSecond(string what, string why) =>
        this with
        {
            Message = $"{(Message.Length > 0 ? Message + ". " : "")}{what}: {why}",
        };

    /// <summary>A reason the user can act upon.</summary>
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

    /// <summary>No failure: what is done, and how far it is.</summary>
    public static RunReason Underway(string code, string message) =>
        new()
        {
            Code = code,
            Message = message,
            Fault = Fault.None,
        };

    /// <summary>A reason on our side.</summary>
    public static RunReason System(string code, string message) =>
        new()
        {
            Code = code,
            Message = message,
            Fault = Fault.System,
        };
}
