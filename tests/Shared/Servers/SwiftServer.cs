using System.Reflection;
using System.Text.Json;
using Xunit;

namespace Trainyard.Tests.Shared.Servers;

/// <summary>
/// A real OpenStack Swift, and by its s3api a real S3 server, on the loopback interface: a fixture that starts in about
/// two seconds and stops with its tests. Tests that use it are <see cref="RequiresSwiftFactAttribute"/>.
/// </summary>
public sealed class SwiftServer : IAsyncLifetime
{
    // The distribution's own interpreter: Swift's packages belong to it, not to whatever python3 comes first in PATH.
    private const string Python = "/usr/bin/python3";

    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(10);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly TemporaryFolder _folder = new();
    private ChildProcess? _process;
    private Ready? _ready;

    /// <summary>Why there can be no server here, or null.</summary>
    public static string? Missing { get; } =
        Array.Find(
            ["swift-proxy", "swift-account", "swift-container", "swift-object"],
            package => !File.Exists($"/usr/bin/{package}-server")
        )
            is { } missing
            ? $"{missing} is not installed: tests/run installs it on Debian."
            : null;

    /// <summary>Where S3 and Swift answer: both at one address.</summary>
    public Uri Endpoint => new($"http://127.0.0.1:{State.Port}");

    /// <summary>The address for logins of Swift's first version (<c>X-Auth-User</c>, <c>X-Auth-Key</c>).</summary>
    public Uri SwiftAuthUrl => new(Endpoint, "/auth/v1.0");

    public string Region => "us-east-1";

    /// <summary>May do everything in its account.</summary>
    public SwiftUser Owner => State.Users[0];

    /// <summary>In the account of <see cref="Owner"/>, where it may do nothing.</summary>
    public SwiftUser Stranger => State.Users[1];

    /// <summary>The owner of another account, which sees none of the first one's buckets.</summary>
    public SwiftUser Elsewhere => State.Users[2];

    private Ready State => _ready ?? throw new InvalidOperationException("The server is not started.");

    public async Task InitializeAsync()
    {
        if (Missing is not null)
        {
            return;
        }

        await WriteProgram(_folder.File("swift_node.py"));
        var data = _folder.Folder("node");
        _process = ChildProcess.Start(Python, ["-B", _folder.File("swift_node.py"), data], workingDirectory: data);
        var line = await _process.WaitForLine(text => text.StartsWith('{'), StartsWithin);
        _ready = JsonSerializer.Deserialize<Ready>(line, Json);
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            _process.CloseInput();
            await _process.WaitForExit(StopsWithin);
            await _process.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static async Task WriteProgram(string path)
    {
        await using var program = Assembly.GetExecutingAssembly().GetManifestResourceStream("swift_node.py")!;
        await using var file = File.Create(path);
        await program.CopyToAsync(file);
    }

    private sealed record Ready(int Port, SwiftUser[] Users);
}

/// <summary>A login: account and user for Swift, and the pair of keys that S3 signs with.</summary>
public sealed record SwiftUser(string Account, string User, string Key)
{
    public string AccessKey => $"{Account}:{User}";

    public string SecretKey => Key;
}
