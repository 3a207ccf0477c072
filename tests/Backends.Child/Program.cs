using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Trainyard.Backends;
using Trainyard.Backends.Child;
using Trainyard.Backends.ObjectStores;
using Trainyard.Contracts;
using Trainyard.Core.Pools;

// usage: HOME WORK [Section:Name=value ...]: starts the backends on a state folder, does the work until it is killed, and
// says on stdout what was acknowledged, one line each, so that the test can hold the next process to it.
var settings = args[2..].Select(arg => arg.Split('=', 2)).ToDictionary(pair => pair[0], pair => (string?)pair[1]);
settings[StateFolder.ConfigurationKey] = args[0];
settings.TryAdd("Pool:StartAgent", "false");

var builder = Host.CreateEmptyApplicationBuilder(null);
builder.Configuration.AddInMemoryCollection(settings);
builder.Services.Configure<PoolOptions>(builder.Configuration.GetSection(PoolOptions.SectionName));
builder.Services.AddEmbeddedBackends(builder.Configuration).AddObjectStores(builder.Configuration);
using var host = builder.Build();
await host.StartAsync();
Console.WriteLine("ready");
var work = new Work(host.Services);
await (
    args[1] switch
    {
        "puts" => work.PutAsync(),
        "appends" => work.AppendAsync(),
        "updates" => work.UpdateAsync(),
        "parts" => work.WritePartsAsync(),
        _ => host.WaitForShutdownAsync(),
    }
);
