using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Sandboxes;

/// <summary>The user whose rights a sandboxed command has.</summary>
internal sealed record CommandUser(uint Id, bool IsAgent)
{
    /// <summary>The number of users, from the first one on, that the slots of a node share.</summary>
    private const uint Count = 256;

    /// <summary>The last of the users that the slots share.</summary>
    public static uint LastOf(uint first) => first + Count - 1;

    /// <summary>
    /// An agent that runs as root gives each slot its own user; any other agent runs commands as itself.
    /// </summary>
    public static CommandUser Of(IReadOnlyList<int> slots, int first) =>
        Environment.IsPrivilegedProcess
            ? new CommandUser((uint)first + (slots is [var slot, ..] ? (uint)slot % Count : 0), IsAgent: false)
            : new CommandUser(Native.UserId, IsAgent: true);
}
