using Trainyard.Contracts;

namespace Trainyard.Cli.Screen;

/// <summary>Why a run is where it is, as printed: <c>code: message</c>.</summary>
internal static class ReasonLine
{
    private const string NothingToSay = "succeeded";

    public static string? Of(RunStatusResource status) =>
        status.Reason is null or { Code: NothingToSay } ? null
        : status.Reason.Message.Length == 0 ? status.Reason.Code
        : $"{status.Reason.Code}: {status.Reason.Message}";

    /// <summary>Formats the reason of an event, which has it as one text.</summary>
    public static string? Of(string? text) => text is null or "" or NothingToSay ? null : text;
}
