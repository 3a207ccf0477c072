using Trainyard.Benchmarks.Service;

// dotnet run -c Release --project benchmarks/Service [-- RUNS]: start-up, submit to the command's start, and the same in a container.
if (args is ["bare-web-app"])
{
    return await BareWebApp.RunAsync();
}

var runs = args.Length > 0 ? int.Parse(args[0]) : 15;
await StartUp.MeasureAsync(runs);
await SubmitToStart.MeasureAsync(runs);
await ContainerStart.MeasureAsync(runs);
return 0;
