using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Trainyard.Architecture.Tests.Infra.Running;

/// <summary>The programs that bring agent and key to a node, run against a stand-in for Azure.</summary>
public sealed class NodeProgramTests : IAsyncLifetime, IDisposable
{
    private readonly Script _script = new();
    private FakeAzure _azure = null!;

    private static string Programs => Path.Combine(Repository.Root(), "infra", "agent");

    public async Task InitializeAsync()
    {
        _azure = await FakeAzure.StartAsync();
        foreach (
            var (name, value) in new Dictionary<string, string>
            {
                ["TRAINYARD_IMDS"] = _azure.Address,
                ["TRAINYARD_IDENTITY"] = "the-identity",
                ["TRAINYARD_ROOT"] = _script.In(""),
                ["TRAINYARD_STATE"] = _script.In(""),
                ["TRAINYARD_USER"] = "root",
                ["TRAINYARD_PATIENCE"] = "1",
                ["TRAINYARD_AGENT_URL"] = _azure.Address + "/agent.tar.gz",
                ["TRAINYARD_POOL_KEY_URL"] = _azure.Address + "/secret",
            }
        )
        {
            _script.Environment[name] = value;
        }
    }

    public async Task DisposeAsync() => await _azure.DisposeAsync();

    public void Dispose() => _script.Dispose();

    [Fact]
    public async Task The_agent_is_put_in_place_when_its_sum_is_the_demanded_one()
    {
        Offer("Trainyard.Agent");

        var (code, output) = await RunAsync("fetch-agent");

        Assert.True(code == 0, output);
        Assert.Equal("a program", _script.Read("agent/Trainyard.Agent"));
        Assert.True(File.GetUnixFileMode(_script.In("agent/Trainyard.Agent")).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public async Task An_agent_that_is_there_is_not_fetched_again_and_a_new_one_replaces_it()
    {
        Offer("Trainyard.Agent");
        await RunAsync("fetch-agent");
        await RunAsync("fetch-agent");
        Assert.Single(_azure.Downloads);

        Offer("Trainyard.Agent", "another program");
        await RunAsync("fetch-agent");

        Assert.Equal("another program", _script.Read("agent/Trainyard.Agent"));
        Assert.Single(Directory.GetDirectories(_script.In("agents")));
    }

    [Fact]
    public async Task An_archive_with_another_sum_is_not_unpacked()
    {
        Offer("Trainyard.Agent");
        _script.Environment["TRAINYARD_AGENT_SHA256"] = new string('0', 64);

        var (code, output) = await RunAsync("fetch-agent");

        Assert.NotEqual(0, code);
        Assert.Contains("not unpacked", output);
        Assert.Empty(Directory.GetFileSystemEntries(_script.In("agents")));
        Assert.False(Path.Exists(_script.In("agent")));
    }

    [Theory]
    [InlineData("../Trainyard.Agent")]
    [InlineData("/tmp/Trainyard.Agent")]
    public async Task An_archive_that_wants_out_of_its_folder_is_not_unpacked(string name)
    {
        Offer(name);

        var (code, output) = await RunAsync("fetch-agent");

        Assert.NotEqual(0, code);
        Assert.Contains("not unpacked", output);
        Assert.False(Path.Exists(_script.In("agent")));
    }

    [Fact]
    public async Task The_pool_key_is_for_the_agent_s_user_alone_and_a_new_one_replaces_it()
    {
        var (code, output) = await RunAsync("fetch-pool-key");
        Assert.True(code == 0, output);
        Assert.Equal("the-pool-key\n", _script.Read("pool.key"));
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(_script.In("pool.key")));

        _azure.PoolKey = "another-key";
        await RunAsync("fetch-pool-key");

        Assert.Equal("another-key\n", _script.Read("pool.key"));
        Assert.DoesNotContain("the-pool-key", output);
    }

    [Fact]
    public async Task A_key_that_cannot_be_had_ends_with_a_reason()
    {
        _script.Environment["TRAINYARD_IDENTITY"] = "a-stranger";

        var (code, output) = await RunAsync("fetch-pool-key");

        Assert.NotEqual(0, code);
        Assert.Contains("401", output);
        Assert.False(Path.Exists(_script.In("pool.key")));
    }

    private Task<(int Code, string Output)> RunAsync(string program) =>
        _script.RunAsync("python3", Path.Combine(Programs, program));

    private void Offer(string name, string text = "a program")
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            tar.WriteEntry(
                new PaxTarEntry(TarEntryType.RegularFile, name)
                {
                    Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                    DataStream = new MemoryStream(Encoding.ASCII.GetBytes(text)),
                }
            );
        }

        _azure.Archive = packed.ToArray();
        _script.Environment["TRAINYARD_AGENT_SHA256"] = Convert.ToHexStringLower(SHA256.HashData(_azure.Archive));
    }
}
