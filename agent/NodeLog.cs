using Microsoft.Extensions.Logging;

namespace Trainyard.Agent;

/// <summary>What the agent says of its machine.</summary>
internal static partial class NodeLog
{
    [LoggerMessage(40, LogLevel.Warning, "This machine does not let the agent limit what commands use of: {What}.")]
    public static partial void NotLimited(ILogger logger, string what);

    [LoggerMessage(41, LogLevel.Warning, "The control group {Name} cannot be made, its command is not limited: {Why}")]
    public static partial void NoControlGroup(ILogger logger, string name, string why);
}
