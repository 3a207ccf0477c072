namespace Trainyard.Chaos.Sharing;

/// <summary>A run of an owner: its GPUs, how long its command has them, and whether it goes before its owner's others.</summary>
internal sealed record SharedRun(int Number, int Gpus, string? GpuType, int Milliseconds, bool IsUrgent)
{
    /// <summary>
    /// An owner's runs in random order: of ten seven need one GPU, two need two, one needs four; of twenty two name the T4
    /// and one the A100; one in four is urgent.
    /// </summary>
    public static IEnumerable<SharedRun> Some(int count, (int Least, int Most) seconds, Random random)
    {
        var kinds = Enumerable.Range(0, count).Select(KindOf).ToArray();
        random.Shuffle(kinds);
        return kinds.Select(
            (kind, number) =>
                new SharedRun(
                    number,
                    kind.Gpus,
                    kind.GpuType,
                    random.Next(1000 * seconds.Least, 1000 * seconds.Most),
                    IsUrgent: random.Next(4) == 0
                )
        );
    }

    public string Manifest()
    {
        var type = GpuType is null ? "" : $", gpu_type: {GpuType}";
        return $$$"""
            model_definition:
              name: shared-{{{Number}}}
              framework: {name: python, version: "3"}
              execution:
                command: bash run.sh {{{Milliseconds}}} {{{Gpus}}}
                compute_configuration: {cpus: 0.1, memory: 16 MB, gpus: {{{Gpus}}}{{{type}}} }
            training_data_reference: {type: file, source: {bucket: data}}
            training_results_reference: {type: file, target: {bucket: results}}
            retries: {node_lost: 10, system_error: 10, store_error: 10}
            max_duration: 10m
            priority: {{{(IsUrgent ? "high" : "normal")}}}
            """;
    }

    private static (int Gpus, string? GpuType) KindOf(int number) =>
        (number % 20) switch
        {
            3 or 13 => (4, null),
            5 or 8 or 15 or 18 => (2, null),
            1 or 11 => (1, "t4"),
            7 => (1, "a100"),
            _ => (1, null),
        };
}
