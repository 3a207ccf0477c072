using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Trainyard.Chaos.World;

/// <summary>A program that is killed, frozen and started again, with the log of all its lives in one file.</summary>
internal sealed partial class SupervisedProcess(
    string name,
    Func<ProcessStartInfo> command,
    string logFile,
    Action<string> died
) : IDisposable
{
    private const int Sigkill = 9;
    private const int Sigterm = 15;
    private const int Sigcont = 18;
    private const int Sigstop = 19;

    private readonly Lock _lock = new();
    private Process? _process;
    private bool _wasTold;

    public string Name => name;

    /// <summary>Whether somebody wants it to run; what ends by itself all the same is started again and told.</summary>
    public bool IsWanted { get; private set; }

    public bool IsRunning
    {
        get
        {
            lock (_lock)
            {
                return _process is { HasExited: false };
            }
        }
    }

    public void Start()
    {
        lock (_lock)
        {
            IsWanted = true;
            if (_process is { HasExited: false })
            {
                return;
            }
            _process?.Dispose();
            _wasTold = false;
            var start = command();
            start.RedirectStandardOutput = start.RedirectStandardError = start.RedirectStandardInput = true;
            _process = new Process { StartInfo = start };
            _process.OutputDataReceived += (_, line) => Log(line.Data);
            _process.ErrorDataReceived += (_, line) => Log(line.Data);
            _process.Start();
            _process.StandardInput.Close();
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }
    }

    /// <summary>Starts it again where it ended without being told to.</summary>
    public void Revive()
    {
        if (!IsWanted || IsRunning)
        {
            return;
        }
        if (!_wasTold)
        {
            died($"{name} ended by itself with {ExitCode()}");
        }
        Start();
    }

    public void Kill() => End(Sigkill);

    public void Terminate() => End(Sigterm);

    public void Freeze() => Signal(Sigstop);

    public void Thaw() => Signal(Sigcont);

    public async Task<bool> WaitForExitAsync(TimeSpan within)
    {
        Process? process;
        lock (_lock)
        {
            process = _process;
        }
        if (process is null)
        {
            return true;
        }
        using var deadline = new CancellationTokenSource(within);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        Thaw();
        Kill();
        lock (_lock)
        {
            _process?.WaitForExit();
            _process?.Dispose();
        }
    }

    private void End(int signal)
    {
        IsWanted = false;
        _wasTold = true;
        Signal(signal);
    }

    private void Signal(int signal)
    {
        lock (_lock)
        {
            if (_process is { HasExited: false })
            {
                _ = SendSignal(_process.Id, signal); // It may have ended this moment.
            }
        }
    }

    private string ExitCode()
    {
        lock (_lock)
        {
            return _process is { HasExited: true } ? $"{_process.ExitCode}" : "?";
        }
    }

    private void Log(string? line)
    {
        if (line is null)
        {
            return;
        }
        lock (logFile)
        {
            File.AppendAllText(logFile, line + "\n");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
