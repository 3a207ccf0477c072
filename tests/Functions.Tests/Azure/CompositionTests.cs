using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Trainyard.Backends.ObjectStores;
using Trainyard.Telemetry;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Functions.Tests.OnAzure;

/// <summary>All services that Program.cs registers, run on the emulator.</summary>
public sealed class CompositionTests(AzuriteServer server) : IClassFixture<AzuriteServer>
{
    [Fact]
    public async Task Every_function_has_all_it_asks_for_once_the_service_has_started()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([
            new("Azure:Storage:ConnectionString", server.ConnectionString),
            new("Pool:Key", "the-pool-key-of-these-tests"),
        ]);
        builder.Services.AddLogging();
        builder.Services.AddTrainyard(builder.Configuration);
        builder.Services.AddTracing("trainyard");
        builder.Services.AddBackends(builder.Configuration, BackendKind.Azure);
        builder.Services.AddObjectStores(builder.Configuration);
        using var host = builder.Build();
        await host.StartAsync();

        var classes = FunctionMethods.All.Where(f => !f.Method.IsStatic).Select(f => f.Method.DeclaringType!).ToList();

        Assert.NotEmpty(classes);
        Assert.All(classes, type => Assert.NotNull(ActivatorUtilities.CreateInstance(host.Services, type)));
        await host.StopAsync();
    }
}
