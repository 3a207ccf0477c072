using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Sandboxes;

/// <summary>The user that a sandboxed command runs as.</summary>
internal sealed record CommandUser(uint Id, bool IsAgent)
{
    /// <summary>The number of users that the slots of a node share.</summary>
    private const uint Count = 256;

    /// <summary>The last of these users.</summary>
    public static uint LastOf(uint first) => first + Count - 1;

    /// <summary>A root agent gives each slot its own user; another agent runs commands as itself.</summary>
    public static CommandUser Of(IReadOnlyList<int> slots, int first) =>
        Environment.IsPrivilegedProcess
            ? new CommandUser((uint)first + (slots is [var slot, ..] ? (uint)slot % Count : 0), IsAgent: false)
            : new CommandUser(Native.UserId, IsAgent: true);
}
