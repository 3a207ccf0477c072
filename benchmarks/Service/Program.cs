using Trainyard.Benchmarks.Service;

// dotnet run -c Release --project benchmarks/Service [-- RUNS]: start-up, and submit to the command's start.
if (args is ["bare-web-app"])
{
    return await BareWebApp.RunAsync();
}

var runs = args.Length > 0 ? int.Parse(args[0]) : 15;
await StartUp.MeasureAsync(runs);
await SubmitToStart.MeasureAsync(runs);
return 0;
