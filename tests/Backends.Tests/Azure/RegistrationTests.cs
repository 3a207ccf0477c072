using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Trainyard.Backends.Azure;
using Trainyard.Backends.Azure.Dispatch;
using Trainyard.Backends.Azure.Hosting;
using Trainyard.Backends.Azure.Scaling;
using Trainyard.Contracts;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Scaling;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Tests.Shared;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Backends.Tests.OnAzure;

[Collection(AzureStorageTests.Name)]
public sealed class RegistrationTests(AzuriteServer server)
{
    private const string PoolKeyText = "the-pool-key-of-these-tests";
    private const string OperatorKey = "ty_the-operators-key-of-these-tests";

    [Fact]
    public async Task A_service_starts_on_empty_storage_and_knows_its_operator()
    {
        using var host = Build(new() { ["Azure:Storage:ConnectionString"] = server.ConnectionString });

        await host.StartAsync();

        var key = await host
            .Services.GetRequiredService<ApiKeyRing>()
            .FindByHashAsync(ApiKeyRing.HashOf(OperatorKey), default);
        Assert.True(key!.IsOperator);
        Assert.Equal("admin", key.Owner.ToString());
        Assert.True(host.Services.GetRequiredService<PoolKey>().Matches(PoolKeyText));
        var run = SampleRuns.New();
        Assert.True(await host.Services.GetRequiredService<IRunStore>().CreateAsync(run, default));
        await host.StopAsync();
    }

    [Theory]
    [InlineData(FakeScaleSet.Id, typeof(ScaleSetScaler))]
    [InlineData("", typeof(NoPoolScaler))]
    public void The_pool_is_scaled_where_a_scale_set_is_named(string scaleSet, Type expected)
    {
        using var host = Build(
            new()
            {
                ["Azure:Storage:ConnectionString"] = server.ConnectionString,
                ["Azure:ScaleSet:ResourceId"] = scaleSet,
            }
        );

        Assert.IsType(expected, host.Services.GetRequiredService<IPoolScaler>());
        Assert.IsType<TablePoolLoad>(host.Services.GetRequiredService<IPoolLoad>());
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("trainyard", "UseDevelopmentStorage=true")]
    [InlineData("Not-A-Name", null)]
    [InlineData("trainyard", null)]
    [InlineData(null, "DefaultEndpointsProtocol=https;AccountName=real;AccountKey=AAAA")]
    public void Settings_that_cannot_work_are_refused(string? account, string? connection)
    {
        var options = new AzureOptions();
        (options.Storage.AccountName, options.Storage.ConnectionString) = (account, connection);

        Assert.True(new AzureOptionsValidator().Validate(Options.DefaultName, options).Failed);
    }

    [Theory]
    [InlineData("https://vault.vault.azure.net/keys/wrap", null)]
    [InlineData("https://vault.vault.azure.net/keys/wrap/0123", "https://other.vault.azure.net/")]
    [InlineData("wrap", "https://vault.vault.azure.net/")]
    public void The_key_is_an_identifier_or_a_name_in_the_vault(string key, string? vault)
    {
        var options = new AzureOptions();
        options.Storage.AccountName = "trainyard";
        options.KeyVault.DataProtectionKeyId = key;
        options.KeyVault.Uri = vault is null ? null : new Uri(vault);

        Assert.True(new AzureOptionsValidator().Validate(Options.DefaultName, options).Succeeded);
        Assert.StartsWith("https://vault.vault.azure.net/keys/wrap", options.KeyVault.FindKey()!.AbsoluteUri);
    }

    private static IHost Build(Dictionary<string, string?> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Configuration.AddInMemoryCollection([
            new("Pool:Key", PoolKeyText),
            new("Auth:OperatorKey", OperatorKey),
        ]);
        builder.Services.AddAzureBackends(builder.Configuration);
        return builder.Build();
    }
}
