using System.Diagnostics;

namespace Trainyard.Tests.Shared;

/// <summary>A process that a test started: its lines, its end, and the signals the test sends to exactly this one.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private readonly string _name;
    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<string> _standardOutput = [];
    private readonly List<string> _standardError = [];

    private ChildProcess(string name, ProcessStartInfo start)
    {
        _name = name;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Add(e.Data, _standardOutput);
        _process.ErrorDataReceived += (_, e) => Add(e.Data, _standardError);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Every line of both streams so far.</summary>
    public IReadOnlyList<string> Lines => Copy(_lines);

    /// <summary>Every line of standard output so far.</summary>
    public IReadOnlyList<string> OutputLines => Copy(_standardOutput);

    /// <summary>Every line of standard error so far.</summary>
    public IReadOnlyList<string> ErrorLines => Copy(_standardError);

    public string Output => string.Join('\n', Lines);

    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments, passed as they are, with no shell between.</param>
    /// <param name="environment">Variables to set, or to remove where the value is null; the rest is inherited.</param>
    /// <param name="workingDirectory">Where it runs; the test's own directory by default.</param>
    public static ChildProcess Start(
        string file,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? workingDirectory = null
    )
    {
        // A background job of a script ignores Ctrl-C, and so would all that it starts.
        var start = new ProcessStartInfo("env", ["--default-signal=HUP,INT,QUIT", "--", file, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return new ChildProcess(file, start);
    }

    /// <summary>The first line so far, or to come, that fits.</summary>
    /// <exception cref="InvalidOperationException">The process ended without it.</exception>
    /// <exception cref="TimeoutException">It did not come in time.</exception>
    public Task<string> WaitForLine(Func<string, bool> fits, TimeSpan within) =>
        Eventually.Get(
            $"a line of {_name}",
            () =>
            {
                // Asked before the lines are read: what ended in between has left all of its lines.
                var ended = _process.HasExited;
                if (Lines.FirstOrDefault(fits) is { } line)
                {
                    return Task.FromResult<string?>(line);
                }

                return ended && _process.WaitForExit(TimeSpan.FromSeconds(1))
                    ? throw new InvalidOperationException($"{_name} ended with {_process.ExitCode}:\n{Output}")
                    : Task.FromResult<string?>(null);
            },
            within,
            () => Output
        );

    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">It still runs after that time.</exception>
    public async Task<int> WaitForExit(TimeSpan within)
    {
        using var deadline = new CancellationTokenSource(within);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"{_name} still runs after {within}:\n{Output}", e);
        }
    }

    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>SIGKILL to this process alone: its children live on.</summary>
    public void Kill() => _process.Kill(entireProcessTree: false);

    /// <summary>SIGKILL to this process and everything it started.</summary>
    public void KillTree() => _process.Kill(entireProcessTree: true);

    /// <summary>Sends a signal by name, such as TERM or INT.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, Id.ToString()]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            KillTree();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Add(string? line, List<string> stream)
    {
        if (line is null)
        {
            return;
        }

        lock (_lock)
        {
            _lines.Add(line);
            stream.Add(line);
        }
    }

    private List<string> Copy(List<string> lines)
    {
        lock (_lock)
        {
            return [.. lines];
        }
    }
}
