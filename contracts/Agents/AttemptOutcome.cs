using System.Text.Json.Serialization;

namespace Trainyard.Contracts.Agents;

/// <summary>How an attempt ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AttemptOutcome>))]
public enum AttemptOutcome
{
    /// <summary>The command exited with 0.</summary>
    Succeeded,

    /// <summary>The command exited with another code or was killed by a signal it did not get from us.</summary>
    CommandFailed,

    /// <summary>Stopped because the owner canceled.</summary>
    Canceled,

    /// <summary>Stopped because it ran too long.</summary>
    MaxDurationExceeded,

    /// <summary>The data bucket could not be fetched; see the message.</summary>
    DownloadFailed,

    /// <summary>The archive could not be unpacked; see the message.</summary>
    ArchiveFailed,

    /// <summary>
    /// The container image could not be pulled, or holds no shell to run the command; see the message.
    /// </summary>
    ImageFailed,

    /// <summary>The archive's dependencies could not be installed; see the message.</summary>
    DependenciesFailed,

    /// <summary>
    /// The command failed after the kernel killed one of its processes at the memory limit; see the message.
    /// </summary>
    OutOfMemory,

    /// <summary>The node could not do its part (no shell, a broken disk, ...); see the message.</summary>
    NodeFailed,

    /// <summary>The node's disk was full.</summary>
    NoRoom,

    /// <summary>
    /// The attempt's files exceeded their disk limit, or took most of a disk that is full; see the message.
    /// </summary>
    ScratchLimit,

    /// <summary>The results exceed the limit on what may be stored; see the message.</summary>
    ResultsLimit,

    /// <summary>The service, or its store, did not accept the command's output; see the message.</summary>
    StagingFailed,

    /// <summary>The agent was told to stop and ended the attempt early: another node may run it again.</summary>
    HandedBack,

    /// <summary>Stopped because the service told it to give way to another run: it goes on later.</summary>
    Preempted,
}
