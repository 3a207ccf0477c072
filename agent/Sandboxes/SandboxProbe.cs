using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Settings;

namespace Trainyard.Agent.Sandboxes;

/// <summary>Chooses the sandbox once, at the start, by trying it.</summary>
internal sealed class SandboxProbe(SpawnThread spawner, ILogger logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <exception cref="SandboxUnavailableException">Bubblewrap is demanded and does not work.</exception>
    public async Task<ISandbox> ChooseAsync(SandboxMode mode, string secret)
    {
        var shell = Shell.Find();
        if (mode is SandboxMode.None)
            return Without(shell, "the settings say so");
        var bwrap = Shell.FindProgram("bwrap");
        var system = new SystemBinds(Environment.GetEnvironmentVariable("PATH") ?? "", secret);
        var failure = bwrap is null ? "bwrap is not installed" : await TryAsync(bwrap, shell, system);
        if (failure is null)
            return new BubblewrapSandbox(bwrap!, shell, system);
        return mode is SandboxMode.Auto ? Without(shell, failure) : throw new SandboxUnavailableException(failure);
    }

    private NoSandbox Without(Shell shell, string why)
    {
        Log.NoSandbox(logger, why);
        return new NoSandbox(shell);
    }

    /// <returns>What is wrong; null when it works.</returns>
    private async Task<string?> TryAsync(string bwrap, Shell shell, SystemBinds system)
    {
        IEnumerable<string> arguments = [.. BubblewrapSandbox.Isolation, .. system.Options, shell.Sh, "-c", ":"];
        var start = new ProcessStartInfo(bwrap, arguments)
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        using var process = await spawner.StartAsync(start);
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            var errors = await process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return process.ExitCode == 0 ? null : errors.Trim();
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return $"bwrap did not answer within {Patience.TotalSeconds} seconds";
        }
    }
}

/// <summary>The sandbox that the settings demand does not work here.</summary>
internal sealed class SandboxUnavailableException(string why)
    : Exception($"Agent__Sandbox=bubblewrap, but bubblewrap does not work: {why}");
