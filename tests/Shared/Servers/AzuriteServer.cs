using System.Net.Sockets;
using Xunit;

namespace Trainyard.Tests.Shared.Servers;

/// <summary>Azurite, the emulator of Azure Storage, on free ports of this machine: started from npm, ended with the tests.</summary>
public class AzuriteServer : IAsyncLifetime
{
    private const string Package = "azurite@3.37.0";
    public const string Account = "devstoreaccount1";

    // The emulator's well-known key, the same on every machine.
    public const string Key =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    // The first start on a machine downloads it.
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(3);

    private readonly TemporaryFolder _folder = new();
    private ChildProcess? _process;

    /// <summary>For the clients of Azure Storage.</summary>
    public string ConnectionString { get; private set; } = "";

    public Uri BlobEndpoint { get; private set; } = null!;

    public Uri TableEndpoint { get; private set; } = null!;

    protected virtual string Scheme => "http";

    protected string Folder => _folder.Path;

    public virtual async Task InitializeAsync()
    {
        var (blob, queue, table) = (FreePort.Find(), FreePort.Find(), FreePort.Find());
        string[] arguments =
        [
            "--yes",
            Package,
            "--silent",
            "--disableTelemetry",
            "--skipApiVersionCheck",
            "--location",
            _folder.Path,
            .. Listen("blob", blob),
            .. Listen("queue", queue),
            .. Listen("table", table),
            .. MoreArguments(),
        ];
        _process = ChildProcess.Start("npx", arguments);
        foreach (var port in new[] { blob, table })
        {
            await Eventually.Be("Azurite listens", () => IsListening(port), StartTime, () => _process.Output);
        }
        BlobEndpoint = new Uri($"{Scheme}://127.0.0.1:{blob}/{Account}");
        TableEndpoint = new Uri($"{Scheme}://127.0.0.1:{table}/{Account}");
        ConnectionString =
            $"DefaultEndpointsProtocol={Scheme};AccountName={Account};AccountKey={Key};"
            + $"BlobEndpoint={BlobEndpoint};TableEndpoint={TableEndpoint};";
    }

    protected virtual IEnumerable<string> MoreArguments() => [];

    public virtual async Task DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private static string[] Listen(string service, int port) =>
        [$"--{service}Host", "127.0.0.1", $"--{service}Port", port.ToString()];

    private bool IsListening(int port)
    {
        if (_process!.HasExited)
        {
            throw new InvalidOperationException($"Azurite ended:\n{_process.Output}");
        }
        try
        {
            using var client = new TcpClient("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
