using Microsoft.Extensions.Logging;
using Trainyard.Contracts.Runs;

namespace Trainyard.Agent.Logging;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Node {Node}: {Slots} slots, {Gpus} GPUs, pool {Pool}, sandbox {Sandbox}.")]
    public static partial void Started(ILogger logger, string node, int slots, int gpus, string pool, string sandbox);

    [LoggerMessage(2, LogLevel.Warning, "Commands run without a sandbox, with all rights of this user: {Why}.")]
    public static partial void NoSandbox(ILogger logger, string why);

    [LoggerMessage(3, LogLevel.Warning, "The pool key is refused: {Why} Trying again.")]
    public static partial void PoolKeyRefused(ILogger logger, string why);

    [LoggerMessage(4, LogLevel.Warning, "The service is away: {Why}")]
    public static partial void ServiceAway(ILogger logger, string why);

    [LoggerMessage(5, LogLevel.Information, "The service is back.")]
    public static partial void ServiceBack(ILogger logger);

    [LoggerMessage(6, LogLevel.Information, "Stopping: {Why}.")]
    public static partial void Stopping(ILogger logger, string why);

    [LoggerMessage(
        8,
        LogLevel.Error,
        "Run {RunId} was leased but needs {Slots} slots, more than are free; it is given back."
    )]
    public static partial void LeaseTooLarge(ILogger logger, RunId runId, int slots);

    [LoggerMessage(10, LogLevel.Information, "Run {RunId}, attempt {Attempt}: leased.")]
    public static partial void Leased(ILogger logger, RunId runId, int attempt);

    [LoggerMessage(11, LogLevel.Information, "Run {RunId}, attempt {Attempt}: {Outcome}, exit {ExitCode}. {Message}")]
    public static partial void Ended(
        ILogger logger,
        RunId runId,
        int attempt,
        string outcome,
        int? exitCode,
        string message
    );

    [LoggerMessage(12, LogLevel.Warning, "Run {RunId}, attempt {Attempt}: the lease is lost; thrown away.")]
    public static partial void LeaseLost(ILogger logger, RunId runId, int attempt);

    [LoggerMessage(13, LogLevel.Error, "Run {RunId}, attempt {Attempt}: this node failed.")]
    public static partial void NodeFailed(ILogger logger, Exception e, RunId runId, int attempt);

    [LoggerMessage(14, LogLevel.Error, "Run {RunId}, attempt {Attempt}: the service refused the completion: {Why}")]
    public static partial void CompletionRefused(ILogger logger, RunId runId, int attempt, string why);

    [LoggerMessage(15, LogLevel.Warning, "Run {RunId}, attempt {Attempt}: a heartbeat failed: {Why}")]
    public static partial void HeartbeatFailed(ILogger logger, RunId runId, int attempt, string why);

    [LoggerMessage(16, LogLevel.Warning, "The service refused {Route}: {Why} No more of it is sent.")]
    public static partial void AppendRefused(ILogger logger, string route, string why);

    [LoggerMessage(17, LogLevel.Warning, "A phase report failed: {Why}")]
    public static partial void PhaseRefused(ILogger logger, string why);

    [LoggerMessage(
        18,
        LogLevel.Information,
        "Run {RunId}, attempt {Attempt}: fetched {Files} objects, {Bytes} bytes; the command begins."
    )]
    public static partial void Fetched(ILogger logger, RunId runId, int attempt, long files, long bytes);

    [LoggerMessage(
        70,
        LogLevel.Information,
        "Run {RunId}, attempt {Attempt}: learner {Learner} of {Learners} is ready and waits for the others."
    )]
    public static partial void RendezvousWaits(ILogger logger, RunId runId, int attempt, int learner, int learners);

    [LoggerMessage(
        71,
        LogLevel.Information,
        "Run {RunId}, attempt {Attempt}: all {Learners} learners are ready; they meet at {Place}."
    )]
    public static partial void RendezvousMet(ILogger logger, RunId runId, int attempt, int learners, string place);

    [LoggerMessage(
        24,
        LogLevel.Information,
        "Run {RunId}, attempt {Attempt}: saved a checkpoint of {Files} files, {Bytes} bytes."
    )]
    public static partial void CheckpointSaved(ILogger logger, RunId runId, int attempt, int files, long bytes);

    [LoggerMessage(25, LogLevel.Warning, "Run {RunId}, attempt {Attempt}: a checkpoint could not be saved: {Why}")]
    public static partial void CheckpointNotSaved(ILogger logger, RunId runId, int attempt, string why);

    [LoggerMessage(20, LogLevel.Warning, "Cleaned up {Folder}, left by an earlier agent.")]
    public static partial void CleanedUp(ILogger logger, string folder);

    [LoggerMessage(21, LogLevel.Warning, "{Folder} cannot be deleted.")]
    public static partial void CannotDelete(ILogger logger, string folder);

    [LoggerMessage(
        34,
        LogLevel.Warning,
        "Run {RunId}, attempt {Attempt}: what it left does not arrive and is tried again: {Why}"
    )]
    public static partial void DeliveryWaits(ILogger logger, RunId runId, int attempt, string why);

    [LoggerMessage(
        27,
        LogLevel.Error,
        "Processes cannot be killed: {Processes}. Slots {Slots} are set aside until they are gone."
    )]
    public static partial void SlotsSetAside(ILogger logger, string processes, string slots);

    [LoggerMessage(
        28,
        LogLevel.Information,
        "The processes that could not be killed are gone; slots {Slots} are back."
    )]
    public static partial void SlotsBack(ILogger logger, string slots);

    [LoggerMessage(
        30,
        LogLevel.Warning,
        "The disk with the attempts has no room: {Free} free, reserve {Reserve}. No run is asked for until files are deleted."
    )]
    public static partial void NoRoom(ILogger logger, string free, string reserve);

    [LoggerMessage(31, LogLevel.Information, "The disk with the attempts has room again: {Free} free.")]
    public static partial void RoomAgain(ILogger logger, string free);

    [LoggerMessage(32, LogLevel.Warning, "Run {Run} is ended: {Why}.")]
    public static partial void ScratchLimit(ILogger logger, string run, string why);

    [LoggerMessage(
        34,
        LogLevel.Information,
        "The data cache let go of {Files} files, {Bytes} bytes, that were longest unused; {Left} bytes are left."
    )]
    public static partial void CacheTrimmed(ILogger logger, int files, long bytes, long left);

    [LoggerMessage(35, LogLevel.Warning, "The data cache cannot keep a file: {Why}")]
    public static partial void CacheRefused(ILogger logger, string why);

    [LoggerMessage(36, LogLevel.Warning, "A file of the data cache was written to, and is thrown away: {File}")]
    public static partial void CacheChanged(ILogger logger, string file);

    [LoggerMessage(33, LogLevel.Warning, "The disk with the attempts does not say what is free: {Why}")]
    public static partial void DiskUnknown(ILogger logger, string why);

    [LoggerMessage(23, LogLevel.Warning, "{LockFile} is gone, and with it what this agent worked for.")]
    public static partial void HomeGone(ILogger logger, string lockFile);

    [LoggerMessage(44, LogLevel.Warning, "Run {RunId}, attempt {Attempt}: {Why}")]
    public static partial void NotStraight(ILogger logger, RunId runId, int attempt, string why);

    [LoggerMessage(35, LogLevel.Warning, "The service does not take a command's progress: {Why}")]
    public static partial void ProgressRefused(ILogger logger, string why);

    [LoggerMessage(22, LogLevel.Critical, "The agent broke.")]
    public static partial void Broke(ILogger logger, Exception e);
}
