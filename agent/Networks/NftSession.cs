using System.ComponentModel;
using System.Diagnostics;
using Trainyard.Agent.Sandboxes;

namespace Trainyard.Agent.Networks;

/// <summary>
/// An <c>nft</c> process that lives as long as the agent and owns its table. The kernel removes the table when the
/// process ends, which it also does when the agent is killed and its input closes.
/// </summary>
internal sealed class NftSession : IDisposable
{
    private const string Question = "describe meta skuid";
    private const string Answer = "meta expression";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Process _process;

    private NftSession(Process process) => _process = process;

    public bool HasEnded => _process.HasExited;

    /// <exception cref="IOException">The process cannot be started.</exception>
    public static NftSession Start(string nft)
    {
        var shell = Shell.Find();
        // Runs in its own session, so that a terminal signal to the agent does not remove the rules before the last
        // command ends.
        var start = new ProcessStartInfo(shell.Session, [shell.Sh, "-c", "exec \"$0\" -i 2>&1", nft])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        try
        {
            return new NftSession(Process.Start(start)!);
        }
        catch (Win32Exception e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <param name="line">The commands on one line; nft applies all or none.</param>
    /// <exception cref="IOException">The commands were refused, or no answer came in time.</exception>
    public async Task RunAsync(string line)
    {
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            // Any output before the answer to the question is an error message about the line.
            await _process.StandardInput.WriteAsync($"{line}\n{Question}\n".AsMemory(), deadline.Token);
            await _process.StandardInput.FlushAsync(deadline.Token);
            string? refusal = null;
            while (await _process.StandardOutput.ReadLineAsync(deadline.Token) is { } said)
            {
                if (!said.StartsWith(Answer, StringComparison.Ordinal))
                {
                    refusal ??= said;
                    continue;
                }
                if (refusal is not null)
                {
                    throw new IOException(refusal);
                }
                return;
            }
            throw new IOException(refusal ?? "it ended");
        }
        catch (OperationCanceledException e)
        {
            throw new IOException($"it did not answer within {Patience.TotalSeconds} seconds", e);
        }
    }

    public void Dispose()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // The process has ended already.
        }
        _process.Dispose();
    }
}
