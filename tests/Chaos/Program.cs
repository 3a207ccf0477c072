using System.CommandLine;
using System.Runtime.Versioning;
using Trainyard.Chaos;
using Trainyard.Chaos.Sharing;

// Signals, /proc, mounts and network namespaces.
[assembly: SupportedOSPlatform("linux")]

var seed = new Option<int?>("--seed") { Description = "Decides the faults and the runs; random when left out." };
var faults = new Option<int>("--faults")
{
    Description = "Ends after so many faults.",
    DefaultValueFactory = _ => 1000,
};
var minutes = new Option<double>("--minutes")
{
    Description = "Ends after this time at the latest.",
    DefaultValueFactory = _ => 120,
};
var runs = new Option<int>("--runs") { Description = "Runs kept alive.", DefaultValueFactory = _ => 50 };
var every = new Option<double>("--every")
{
    Description = "Mean seconds between two faults.",
    DefaultValueFactory = _ => 1.5,
};
var only = new Option<string[]>("--only")
{
    Description = "Only faults whose name contains one of these words.",
    AllowMultipleArgumentsPerToken = true,
};
var keep = new Option<string?>("--keep")
{
    Description = "Keeps state and logs in this folder when something was wrong.",
};
var command = new RootCommand("Runs Trainyard under faults, and checks that every accepted run ended once and rightly.")
{
    seed,
    faults,
    minutes,
    runs,
    every,
    only,
    keep,
};
command.SetAction(
    async (arguments, stop) =>
    {
        var options = new CampaignOptions
        {
            Seed = arguments.GetValue(seed) ?? Environment.TickCount,
            Faults = arguments.GetValue(faults),
            Duration = TimeSpan.FromMinutes(arguments.GetValue(minutes)),
            LiveRuns = arguments.GetValue(runs),
            FaultEvery = TimeSpan.FromSeconds(arguments.GetValue(every)),
            Only = arguments.GetValue(only) ?? [],
            Keep = arguments.GetValue(keep),
        };
        return await ToldToStop.CatchAsync(async () =>
        {
            var report = await Campaign.RunAsync(options, Console.Out, stop);
            Console.WriteLine(report);
            return report.Violations.Count == 0 ? 0 : 1;
        });
    }
);
var shared = new Option<int>("--runs") { Description = "Runs of all owners together.", DefaultValueFactory = _ => 200 };
var share = new Command("share", "Lets three owners share three hosts with GPUs under four faults.") { shared, seed };
share.SetAction(
    async (arguments, stop) =>
    {
        return await ToldToStop.CatchAsync(async () =>
        {
            var wrong = await SharingStory.RunAsync(
                SharingPlan.Whole(arguments.GetValue(shared), arguments.GetValue(seed) ?? Environment.TickCount),
                Console.Out,
                stop
            );
            Console.WriteLine(wrong.Count == 0 ? "Nothing was wrong." : string.Join('\n', wrong));
            return wrong.Count == 0 ? 0 : 1;
        });
    }
);
command.Subcommands.Add(share);

// After a signal the story takes its mounts, hosts and processes away, which may take longer than the usual two seconds.
return await command.Parse(args).InvokeAsync(new() { ProcessTerminationTimeout = TimeSpan.FromMinutes(2) });
