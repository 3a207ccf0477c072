using Trainyard.Benchmarks.Manifests;

return args switch
{
    ["fuzz", .. var rest] => Fuzz.Run(FuzzOptions.Parse(rest)),
    ["parse"] => ParseTimes.Run(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        usage: dotnet run -c Release --project benchmarks/Manifests -- COMMAND
          fuzz [COUNT] [SEED]   parse COUNT mutated manifests (default 200000, seed 1); exit code 1 when
                                one crashes, takes over 50 ms, or allocates over 64 MiB
          parse                 time parsing and validating the documented example's size of manifest
        """
    );
    return 2;
}
