using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Trainyard.Agent.Node;

/// <summary>Asks <c>nvidia-smi -L</c> which GPUs the machine has.</summary>
internal static partial class GpuProbe
{
    /// <summary>A driver that hangs must not keep the node from starting.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <returns>Indices, in the driver's order; empty without GPUs.</returns>
    public static async Task<IReadOnlyList<int>> ListAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            return Parse(await AskAsync(deadline.Token));
        }
        catch (Exception e) when (e is Win32Exception || !cancellationToken.IsCancellationRequested)
        {
            return [];
        }
    }

    internal static IReadOnlyList<int> Parse(string listing) =>
        [.. GpuLine().Matches(listing).Select(m => int.Parse(m.Groups["index"].ValueSpan))];

    private static async Task<string> AskAsync(CancellationToken cancellationToken)
    {
        using var process = Process.Start(
            new ProcessStartInfo("nvidia-smi", "-L")
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        try
        {
            var listing = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? listing : "";
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    [GeneratedRegex(@"^GPU (?<index>\d{1,4}):", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex GpuLine();
}
