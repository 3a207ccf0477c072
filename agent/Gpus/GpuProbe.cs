using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Trainyard.Agent.Gpus;

/// <summary>
/// Lists the machine's GPUs with <c>nvidia-smi -L</c>, and tells a machine without GPUs from one with a failing
/// driver.
/// </summary>
/// <param name="visible"><c>CUDA_VISIBLE_DEVICES</c> of the agent; null for all.</param>
/// <param name="patience">The timeout, because a hanging driver must not keep the node from starting.</param>
/// <param name="program">The driver's program.</param>
internal sealed partial class GpuProbe(string? visible, TimeSpan patience, string program = GpuProbe.Program)
{
    private const string Program = "nvidia-smi";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private Process? _hanging;

    public static GpuProbe OfThisProcess() => new(Environment.GetEnvironmentVariable(VisibleGpus.Variable), Patience);

    public async Task<GpuListing> ListAsync(CancellationToken cancellationToken)
    {
        if (VisibleGpus.HidesAll(visible))
        {
            return GpuListing.None($"{VisibleGpus.Variable} of the agent names none");
        }
        // The first query hangs in the driver and cannot be killed; a second one would only hang too.
        if (_hanging is { HasExited: false })
        {
            return GpuListing.Broken($"{program} still does not answer");
        }
        _hanging?.Dispose();
        _hanging = null;
        try
        {
            return await AskAsync(cancellationToken);
        }
        catch (Win32Exception)
        {
            return GpuListing.None($"{program} is not installed");
        }
    }

    internal static GpuListing Read(string listing, string? visible)
    {
        var gpus = new List<Gpu>();
        var parents = new Dictionary<string, string>();
        Gpu? parent = null;
        foreach (Match line in Line().Matches(listing))
        {
            var uuid = line.Groups["uuid"].Value;
            if (line.Groups["index"] is { Success: true } index)
            {
                parent = new Gpu(int.Parse(index.ValueSpan), uuid) { Model = line.Groups["model"].Value.Trim() };
                gpus.Add(parent);
            }
            else if (parent is not null)
            {
                // A GPU that is divided into slices cannot be used as a whole.
                gpus.Remove(parent);
                gpus.Add(parent with { Uuid = uuid, Model = $"{parent.Model} MIG {line.Groups["slice"].Value}" });
                parents[uuid] = parent.Uuid;
            }
        }
        return gpus.Count == 0
            ? GpuListing.Broken("the driver lists no GPU")
            : Chosen(VisibleGpus.Of(visible, gpus, parents), visible);
    }

    private static GpuListing Chosen(IReadOnlyList<Gpu> gpus, string? visible) =>
        gpus.Count > 0
            ? new GpuListing(GpuState.Found, gpus, "")
            : GpuListing.Broken($"{VisibleGpus.Variable}={visible} of the agent names no GPU of this machine");

    private async Task<GpuListing> AskAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(patience);
        var process = Start();
        try
        {
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            var listing = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            var said = FirstLine(listing + await errors);
            await process.WaitForExitAsync(deadline.Token);
            var code = process.ExitCode;
            process.Dispose();
            return code == 0 ? Read(listing, visible) : GpuListing.Broken($"{program} ended with {code}: {said}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            _hanging = process;
            cancellationToken.ThrowIfCancellationRequested();
            return GpuListing.Broken($"{program} did not answer within {patience.TotalSeconds:0.#} seconds");
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(program, "-L")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static string FirstLine(string text)
    {
        const int longest = 200;
        var line = text.Trim().Split('\n')[0].Trim();
        return line.Length == 0 ? "without a word" : line[..Math.Min(line.Length, longest)];
    }

    [GeneratedRegex(
        @"^(GPU (?<index>\d{1,4}):(?<model>.*)|\s+MIG (?<slice>\S{1,50}).*)\(UUID: (?<uuid>[^)\s]{1,100})\)",
        RegexOptions.Multiline | RegexOptions.NonBacktracking
    )]
    private static partial Regex Line();
}
