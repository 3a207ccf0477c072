using Trainyard.Benchmarks.Transfers;
using Trainyard.Tests.Shared.Servers;

// dotnet run -c Release --project benchmarks/Transfers [-- RUNS [SET...]]: medians of RUNS (default 5), SETs large, small.
var runs = args.Length > 0 ? int.Parse(args[0]) : 5;
var sets = args.Length > 1 ? DataSet.All.Where(s => args.Contains(s.Name)).ToList() : DataSet.All;
if (SwiftServer.Missing is { } missing)
{
    Console.Error.WriteLine(missing);
    return 1;
}
var server = new SwiftServer();
await server.InitializeAsync();
try
{
    foreach (var set in sets)
    {
        await Download.MeasureAsync(server, set, runs);
        await Cached.MeasureAsync(server, set, runs);
        // The way back belongs here: Upload.MeasureAsync(server, set, runs), with Rclone.UploadAsync as its peer.
    }
}
finally
{
    await server.DisposeAsync();
}
return 0;
