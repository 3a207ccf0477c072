using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Security;
using Trainyard.Manifests.Secrets;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Functions.Tests.OnAzure;

/// <summary>The Azure backends that Program.cs registers, run on the emulator.</summary>
public sealed class BackendRegistrationTests(AzuriteServer server) : IClassFixture<AzuriteServer>
{
    [Fact]
    public async Task Secrets_outlive_an_instance()
    {
        var id = SubmissionKey.New(RunId.New());
        using (var first = Build())
        {
            await first.StartAsync();
            await first.Services.GetRequiredService<ISecretStore>().PutAsync(id, RunSecrets.None, default);
            await first.StopAsync();
        }

        using var second = Build();
        await second.StartAsync();

        Assert.NotNull(await second.Services.GetRequiredService<ISecretStore>().GetAsync(id, default));
        await second.StopAsync();
    }

    private IHost Build()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([
            new("Azure:Storage:ConnectionString", server.ConnectionString),
            new("Pool:Key", "the-pool-key-of-these-tests"),
        ]);
        builder.Services.AddBackends(builder.Configuration, BackendKind.Azure);
        return builder.Build();
    }
}
