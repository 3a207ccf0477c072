using System.Diagnostics.CodeAnalysis;
using System.Net;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;

namespace Trainyard.Functions.Agents;

/// <summary>
/// Checks the reports of agents: an agent runs beside untrusted code, so its input is not trusted either.
/// </summary>
internal static class AgentInput
{
    private const int LongestName = 100;
    private const int MostSlots = 4096;
    private const long MostBytes = 1L << 60;
    private const int MostWords = 16;
    private const int LongestText = 2000;
    private const int LongestWait = 60;
    private const int LongestMeeting = 30;
    private const int LongestDigest = 200;
    private const int HighestExitCode = 255;

    /// <summary>How far a node's clock may be ahead.</summary>
    private static readonly TimeSpan FarAhead = TimeSpan.FromDays(366);

    /// <returns>Why the input is refused, as a sentence; null when it is valid.</returns>
    public static string? Refusal(LeaseRequest request)
    {
        var offer = request.Offer;
        return offer switch
        {
            _ when !IsName(offer.Node) => $"node is 1 to {LongestName} visible ASCII characters.",
            _ when !IsName(offer.Pool) => $"pool is 1 to {LongestName} visible ASCII characters.",
            { FreeSlots: < 0 } or { Gpus: < 0 or > MostSlots } or { Slots: > MostSlots } =>
                $"The node's slots and GPUs are 0 to {MostSlots}.",
            { FreeDiskBytes: < 0 or > MostBytes } or { Facts.DiskBytes: < 0 or > MostBytes } =>
                $"The node's disk is 0 to {MostBytes} bytes, or missing.",
            _ when offer.Slots < offer.FreeSlots => "The node's slots do not add up.",
            _ when offer.Holds.Count > MostSlots || offer.Holds.Any(held => held is not { Attempt: > 0 }) =>
                $"holds are at most {MostSlots} runs and attempts, from 1 on.",
            _ when offer.Unlimited.Count > MostWords || !offer.Unlimited.All(IsName) =>
                $"unlimited are at most {MostWords} words.",
            _ when offer.Sandbox is { } sandbox && !IsName(sandbox) => "sandbox is a word.",
            _ => request.WaitSeconds is >= 0 and <= LongestWait ? null : $"wait_seconds is 0 to {LongestWait}.",
        };
    }

    /// <inheritdoc cref="Refusal(LeaseRequest)" />
    public static string? Refusal(PhaseReport report, DateTimeOffset now) =>
        report.Phase is not (RunPhase.Downloading or RunPhase.Processing) ? "A node reports downloading or processing."
        : report.At > now + FarAhead ? "at lies in the future."
        : null;

    /// <inheritdoc cref="Refusal(LeaseRequest)" />
    public static string? Refusal(CompletionReport report, DateTimeOffset now)
    {
        var latest = now + FarAhead;
        return report switch
        {
            { ExitCode: < 0 or > HighestExitCode } => $"exit_code is 0 to {HighestExitCode}, or missing.",
            { CommandSeconds: not (>= 0 and < double.PositiveInfinity) } => "command_seconds is a number, 0 or more.",
            { CpuSeconds: not (null or (>= 0 and < double.PositiveInfinity)) } =>
                "cpu_seconds is a number, 0 or more, or missing.",
            { PeakMemoryBytes: < 0 } => "peak_memory_bytes is 0 or more, or missing.",
            { ImageDigest: not (null or { Length: <= LongestDigest }) } =>
                $"image_digest is at most {LongestDigest} characters, or missing.",
            { StagedFiles: < 0 } or { StagedBytes: < 0 } => "staged_files and staged_bytes are 0 or more.",
            _ when report.FinishedAt > latest || report.LeasedAt > latest || report.StartedAt > latest =>
                "leased_at, started_at and finished_at do not lie in the future.",
            _ => null,
        };
    }

    /// <inheritdoc cref="Refusal(LeaseRequest)" />
    public static string? Refusal(ProgressReport report) =>
        report switch
        {
            { Step: < 0 } or { Steps: <= 0 } => "step is 0 or more, steps 1 or more, or missing.",
            { Percent: not (null or (>= 0 and <= 100)) } => "percent is 0 to 100, or missing.",
            { SecondsLeft: not (null or (>= 0 and < double.PositiveInfinity)) } =>
                "seconds_left is a number, 0 or more, or missing.",
            _ => null,
        };

    /// <inheritdoc cref="Refusal(LeaseRequest)" />
    public static string? Refusal(RendezvousRequest request) =>
        request switch
        {
            _ when !IPAddress.TryParse(request.Address, out _) || request.Address.Length > LongestName =>
                "address is an IP address.",
            { Port: < 1 or > IPEndPoint.MaxPort } => $"port is 1 to {IPEndPoint.MaxPort}.",
            { WaitSeconds: not (>= 0 and <= LongestMeeting) } => $"wait_seconds is 0 to {LongestMeeting}.",
            _ => null,
        };

    /// <summary>The agent's text, cut to 2,000 characters.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Shortened(string? text) =>
        text is { Length: > LongestText } ? text[..LongestText] + " ..." : text;

    private static bool IsName(string? text) =>
        text is { Length: > 0 and <= LongestName } && text.All(c => c is > ' ' and < '\x7F');
}
