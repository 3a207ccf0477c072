using System.Globalization;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trainyard.Durable.Child;
using Trainyard.Runtime.Engine;
using Trainyard.Runtime.Engine.Storage;

// Trainyard.Durable.Child <scenario> <state folder> <ledger file> <halt after step, 0 for never>
var (scenario, folder, ledger) = (args[0], args[1], new Ledger(args[2]));
var observer = new HaltingObserver(int.Parse(args[3], CultureInfo.InvariantCulture));

var builder = Host.CreateEmptyApplicationBuilder(null);
builder.Logging.SetMinimumLevel(LogLevel.None);
builder.Services.AddSingleton<ICommitObserver>(observer);
builder.Services.AddDurableEngine(
    tasks => Everything.AddTasks(tasks, ledger),
    new DurableEngineOptions { StatePath = folder }
);
using var host = builder.Build();
await host.StartAsync();
var client = host.Services.GetRequiredService<DurableTaskClient>();

var output = scenario switch
{
    "everything" => await Everything.DriveAsync(client, ledger),
    "fill" => await Filling.DriveAsync(client),
    _ => throw new ArgumentException($"There is no scenario '{scenario}'.", nameof(args)),
};
Console.WriteLine($"steps {observer.Count}");
Console.WriteLine($"done {output}");

// Lines still on their way when a process ends can be missed: whoever started it reads them, then ends it.
await Console.In.ReadToEndAsync();
