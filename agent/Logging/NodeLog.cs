using Microsoft.Extensions.Logging;
using Trainyard.Contracts.Runs;

namespace Trainyard.Agent.Logging;

/// <summary>The agent's log messages about its machine.</summary>
internal static partial class NodeLog
{
    [LoggerMessage(40, LogLevel.Warning, "This machine does not let the agent limit what commands use of: {What}.")]
    public static partial void NotLimited(ILogger logger, string what);

    [LoggerMessage(42, LogLevel.Information, "No GPUs: {Why}. This node offers CPU slots.")]
    public static partial void NoGpus(ILogger logger, string why);

    [LoggerMessage(
        43,
        LogLevel.Error,
        "The GPUs are out of order: {Why}. No run is asked for until they are well; CUDA_VISIBLE_DEVICES= for the agent makes this a node of CPU slots."
    )]
    public static partial void GpusIll(ILogger logger, string why);

    [LoggerMessage(44, LogLevel.Information, "The GPUs are well again.")]
    public static partial void GpusWell(ILogger logger);

    [LoggerMessage(45, LogLevel.Warning, "GPUs came or went: there are {Gpus} now.")]
    public static partial void GpusNow(ILogger logger, int gpus);

    [LoggerMessage(56, LogLevel.Warning, "No network rules: {Why}. Commands reach all that this machine reaches.")]
    public static partial void NetworkOpen(ILogger logger, string why);

    [LoggerMessage(50, LogLevel.Information, "Containers: {Engine} {Version}.")]
    public static partial void Containers(ILogger logger, string engine, string version);

    [LoggerMessage(51, LogLevel.Information, "No containers: {Why}. This node takes no runs that need an image.")]
    public static partial void NoContainers(ILogger logger, string why);

    [LoggerMessage(52, LogLevel.Warning, "The image {Image} cannot be pulled: {Why}")]
    public static partial void PullFailed(ILogger logger, string image, string why);

    [LoggerMessage(
        47,
        LogLevel.Information,
        "Told to stop: no more work is taken, and {Runs} runs go on, for {Patience} at most. Told once more, this agent ends at once."
    )]
    public static partial void ToldToStop(ILogger logger, int runs, TimeSpan patience);

    [LoggerMessage(48, LogLevel.Warning, "Run {Run} is handed back: this agent was told to stop.")]
    public static partial void HandsBack(ILogger logger, string run);

    [LoggerMessage(
        46,
        LogLevel.Error,
        "Run {RunId}, attempt {Attempt}: the service has not answered for {Patience}; it is thrown away."
    )]
    public static partial void ServiceGivenUp(ILogger logger, RunId runId, int attempt, TimeSpan patience);

    [LoggerMessage(
        49,
        LogLevel.Warning,
        "The kernel does not let the agent inherit what commands leave behind: without a sandbox and control groups some of it may stay."
    )]
    public static partial void NoOrphans(ILogger logger);

    [LoggerMessage(
        53,
        LogLevel.Warning,
        "The agent was killed during {Run}, which had neither a sandbox nor a control group. Its processes are ended, but not one that left its session and dropped its variables in the last {Interval} before: nothing tells it from others."
    )]
    public static partial void MayHaveHidden(ILogger logger, string run, TimeSpan interval);

    [LoggerMessage(41, LogLevel.Warning, "The control group {Name} cannot be made, its command is not limited: {Why}")]
    public static partial void NoControlGroup(ILogger logger, string name, string why);
}
