using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Settings;

namespace Trainyard.Agent.Sandboxes;

/// <summary>Chooses the sandbox once, at the start, by trying it.</summary>
internal sealed class SandboxProbe(SpawnThread spawner, string work, bool ownNetwork, ILogger logger)
{
    private const string FilterFile = "system-calls.bpf";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <exception cref="SandboxUnavailableException">Bubblewrap is demanded and does not work.</exception>
    public async Task<ISandbox> ChooseAsync(AgentOptions options, string secret)
    {
        var shell = Shell.Find();
        if (options.Sandbox is SandboxMode.None)
        {
            return Without(shell, "the settings say so");
        }
        var (sandbox, failure) = await TryAsync(options, shell, secret);
        if (sandbox is not null)
        {
            return sandbox;
        }
        return options.Sandbox is SandboxMode.Auto
            ? Without(shell, failure)
            : throw new SandboxUnavailableException(failure);
    }

    private NoSandbox Without(Shell shell, string why)
    {
        Log.NoSandbox(logger, why);
        return new NoSandbox(shell);
    }

    /// <returns>The sandbox that works, or the failure.</returns>
    private async Task<(BubblewrapSandbox? Sandbox, string Failure)> TryAsync(
        AgentOptions options,
        Shell shell,
        string secret
    )
    {
        if (ProgramSearch.Find("bwrap") is not { } bwrap)
        {
            return (null, "bwrap is not installed");
        }
        if (SyscallTable.Here is not { } calls)
        {
            return (null, "there is no filter of system calls for this processor");
        }
        if (Environment.IsPrivilegedProcess && shell.SetPriv is null)
        {
            return (null, "setpriv is not installed, and commands do not run as root");
        }
        var filter = Path.Combine(work, FilterFile);
        await File.WriteAllBytesAsync(filter, SeccompFilter.Build(calls));
        var system = new SystemBinds(Environment.GetEnvironmentVariable("PATH") ?? "", secret);
        var sandbox = new BubblewrapSandbox(bwrap, shell, system, filter, options.CommandUser)
        {
            OwnNetwork = ownNetwork,
        };
        var failure = await TryAsync(sandbox.Trial(work));
        return failure is null ? (sandbox, "") : (null, failure);
    }

    /// <returns>The failure; null when the sandbox works.</returns>
    private async Task<string?> TryAsync(SandboxLaunch launch)
    {
        using var process = await spawner.StartAsync(launch.ToStartInfo());
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            await launch.GoAsync(process, deadline.Token);
            var errors = await process.StandardOutput.ReadToEndAsync(deadline.Token);
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
