using Trainyard.Agent.Files;
using Trainyard.Agent.Jobs;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Attempts;

/// <summary>Describes a failure of this node to the run's owner, without paths of the node.</summary>
internal static class NodeFailure
{
    public const string NoRoom = "no room on the node: its disk is full";

    /// <summary>The disk is full, and what that did to the run.</summary>
    public static AttemptEnd Full(string consequence) => new(AttemptOutcome.NoRoom, $"{NoRoom}; {consequence}");

    public static AttemptEnd Of(Exception e, string work) =>
        DiskSpace.IsLacking(e)
            ? new AttemptEnd(AttemptOutcome.NoRoom, NoRoom)
            : new AttemptEnd(AttemptOutcome.NodeFailed, Describe(e, work));

    public static string Describe(Exception e, string work) =>
        DiskSpace.IsLacking(e) ? NoRoom : PrintableText.Of(e.Message.Replace(work, "<work>", StringComparison.Ordinal));
}
