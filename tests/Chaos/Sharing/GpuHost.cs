using System.Diagnostics;
using System.Net;
using Trainyard.Chaos.World;

namespace Trainyard.Chaos.Sharing;

/// <summary>A host with GPUs that a stand-in of their driver lists, its agent, its disk, and its line to the service.</summary>
internal sealed class GpuHost : IAsyncDisposable
{
    private const int DiskMegabytes = 200;

    private readonly NetworkNamespace? _host;
    private readonly SizedDisk _disk;
    private readonly TcpProxy _line;
    private readonly string _programs;

    public GpuHost(int index, string folder, (string Model, int Count) gpus, IPEndPoint service, Action<string> died)
    {
        var work = Path.Combine(folder, $"gpus-{index}");
        _disk = new SizedDisk(work, DiskMegabytes);
        Records = Directory.CreateDirectory(work + ".records").FullName;
        _programs = Directory.CreateDirectory(Path.Combine(folder, $"driver-{index}")).FullName;
        WriteDriver(index, gpus);
        _host = NetworkNamespace.TryCreate();
        _line = new TcpProxy(_host?.Address ?? IPAddress.Loopback, service);
        Agent = new SupervisedProcess($"agent-{index}", () => Command(folder), work + ".log", died);
    }

    public SupervisedProcess Agent { get; }

    /// <summary>Where commands write down which GPUs they had; not on the disk that gets full.</summary>
    public string Records { get; }

    public string? HostName => _host?.Name;

    public bool IsOnItsOwn => _host is not null && _disk.IsSized;

    public void Cut()
    {
        _line.Mode = ProxyMode.Stall;
        _host?.Unplug();
    }

    public void FillDisk() => _disk.Fill(leaving: 0);

    public void Heal()
    {
        _line.Mode = ProxyMode.Pass;
        _host?.Plug();
        _disk.Free();
        Agent.Thaw();
        Agent.Start();
    }

    public async ValueTask DisposeAsync()
    {
        Agent.Dispose();
        // Else they have their files on the disk.
        await LeftProcesses.KillAsync(_disk.Path);
        await _line.DisposeAsync();
        _host?.Dispose();
        _disk.Dispose();
    }

    private void WriteDriver(int index, (string Model, int Count) gpus)
    {
        var driver = Path.Combine(_programs, "nvidia-smi");
        var listing = string.Join(
            '\n',
            Enumerable.Range(0, gpus.Count).Select(i => $"GPU {i}: {gpus.Model} (UUID: GPU-{index}-{i})")
        );
        File.WriteAllText(driver, $"#!/bin/sh\n[ \"$1\" = -L ] && cat <<'END'\n{listing}\nEND\nexit 0\n");
        File.SetUnixFileMode(
            driver,
            UnixFileMode.UserRead
                | UnixFileMode.UserWrite
                | UnixFileMode.UserExecute
                | UnixFileMode.OtherExecute
                | UnixFileMode.OtherRead
        );
    }

    private ProcessStartInfo Command(string folder)
    {
        IReadOnlyList<string> command =
        [
            "dotnet",
            Yard.Built("agent", "Trainyard.Agent.dll"),
            "--service",
            _line.Address.ToString(),
            "--pool-key-file",
            Path.Combine(folder, "home", "agent", "pool.key"),
            "--work",
            _disk.Path,
        ];
        command = _host is null ? command : _host.Enter(command);
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { WorkingDirectory = folder };
        start.Environment["PATH"] = $"{_programs}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment.Remove("CUDA_VISIBLE_DEVICES");
        // Commands keep their records beside the agent's folder.
        start.Environment["Agent__Sandbox"] = "none";
        start.Environment["Agent__Containers"] = "none";
        start.Environment["Agent__MinFreeBytes"] = "1000000";
        return start;
    }
}
