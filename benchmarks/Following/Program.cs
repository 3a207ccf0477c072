using Trainyard.Benchmarks.Following;

// dotnet run -c Release --project benchmarks/Following [-- latency|crowd|volume]; see README.md beside this file.
var wanted = args.Length > 0 ? args[0] : "all";
if (wanted is "latency" or "all")
{
    await Latency.MeasureAsync();
}
if (wanted is "crowd" or "all")
{
    await Crowd.MeasureAsync();
}
if (wanted is "volume" or "all")
{
    await Volume.MeasureAsync();
}
return 0;
