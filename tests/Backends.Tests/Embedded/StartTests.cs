using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Trainyard.Backends.ObjectStores;
using Trainyard.Contracts;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Embedded;

/// <summary>The registered whole, started as a host starts it.</summary>
public sealed class StartTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryFolder _temporary = new();

    private StateFolder Home => new(Path.Combine(_temporary.Path, "state"));

    [Fact]
    public async Task The_first_start_makes_an_operators_key_that_only_its_owner_can_read()
    {
        using var host = await StartAsync();

        var text = await File.ReadAllTextAsync(Home.KeyFile);
        var key = await host
            .Services.GetRequiredService<ApiKeyRing>()
            .FindByHashAsync(ApiKeyRing.HashOf(text.TrimEnd('\n')), default);

        Assert.EndsWith("\n", text);
        Assert.Equal("admin", key!.Owner.ToString());
        Assert.True(key.IsOperator);
        AssertPrivate(Home.KeyFile);
    }

    [Fact]
    public async Task A_second_start_keeps_both_keys()
    {
        var first = await KeysOfOneStartAsync();

        Assert.Equal(first, await KeysOfOneStartAsync());
    }

    [Fact]
    public async Task The_pools_key_lies_where_the_agent_finds_it()
    {
        using var host = await StartAsync();

        var text = (await File.ReadAllTextAsync(Home.PoolKeyFile)).Trim();

        Assert.True(host.Services.GetRequiredService<PoolKey>().Matches(text));
        Assert.False(host.Services.GetRequiredService<PoolKey>().Matches(text + "x"));
        AssertPrivate(Home.PoolKeyFile);
    }

    [Fact]
    public async Task Every_seam_is_there()
    {
        using var host = await StartAsync();

        foreach (
            var seam in new[]
            {
                typeof(IRunStore),
                typeof(IDispatchQueue),
                typeof(IBlobStore),
                typeof(ISecretStore),
                typeof(IObjectStoreFactory),
                typeof(IDataProtectionProvider),
            }
        )
        {
            Assert.NotNull(host.Services.GetRequiredService(seam));
        }
    }

    [Fact]
    public async Task The_state_folder_and_its_secrets_are_closed_to_others()
    {
        using var host = await StartAsync();

        if (OperatingSystem.IsWindows())
        {
            return;
        }
        foreach (var folder in new[] { Home.Path, Home.Secrets, Home.Agent, Home.Blobs })
        {
            Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        }
        foreach (var file in Directory.GetFiles(Home.Secrets))
        {
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(file));
        }
    }

    public void Dispose() => _temporary.Dispose();

    private async Task<string> KeysOfOneStartAsync()
    {
        using var host = await StartAsync();
        await host.StopAsync();
        return await File.ReadAllTextAsync(Home.KeyFile) + await File.ReadAllTextAsync(Home.PoolKeyFile);
    }

    private async Task<IHost> StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                [StateFolder.ConfigurationKey] = Home.Path,
                ["Pool:StartAgent"] = "false",
            }
        );
        builder.Services.Configure<PoolOptions>(builder.Configuration.GetSection(PoolOptions.SectionName));
        builder.Services.AddEmbeddedBackends(builder.Configuration).AddObjectStores(builder.Configuration);
        var host = builder.Build();
        try
        {
            await host.StartAsync();
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private static void AssertPrivate(string file)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(file));
        }
    }
}
