using FsCheck;
using FsCheck.Fluent;
using Trainyard.Manifests.Frameworks;
using Trainyard.Manifests.Model;

namespace Trainyard.Manifests.Tests;

/// <summary>Makes any valid manifest, as the model holds it.</summary>
internal static class Any
{
    private const string Letters = "abcXYZ019";
    private const string Awkward = " :#'\"\\{}[]&*!|>%@`,?-=~\t\u00e9\u82b1\u2028\u0085\ufeff";

    public static Gen<string> Name { get; } = TextOf(Letters + "-._", 1, 20).Select(s => "n" + s + "9");

    public static Gen<string> OneLine { get; } =
        TextOf(Letters + Awkward, 0, 40).Select(s => "x" + Visible(s).Trim() + "x");

    public static Gen<string> Lines { get; } =
        TextOf(Letters + Awkward + "\n\r ", 0, 80).Select(s => "x" + Visible(s).Trim() + "x");

    public static Gen<TrainingManifest> Manifest { get; } =
        from name in OneLine
        from description in Lines
        from author in Maybe(OneLine)
        from command in Lines
        from framework in Framework()
        from compute in Compute()
        from data in Store()
        from results in Store()
        from duration in Maybe(Seconds(1, 90 * 86_400))
        from retention in Maybe(Seconds(3_600, 365 * 86_400))
        from retries in Gen.Choose(0, 10).ArrayOf(4)
        from priority in Gen.Elements(RunPriority.Low, RunPriority.Normal, RunPriority.High)
        from checkpoint in Maybe(Seconds(60, 86_400))
        from labels in Texts(Name, OneLine)
        from env in Texts(TextOf("abcXYZ_019", 0, 9).Select(s => "V_" + s), Lines)
        from array in Maybe(Array())
        select new TrainingManifest
        {
            // A run's name is one line of visible characters.
            Name = name.Replace('\t', ' '),
            Description = description,
            Author = author is null ? null : new(author, author),
            Command = command,
            Framework = framework,
            Compute = compute,
            TrainingData = data,
            TrainingResults = results,
            MaxDuration = duration,
            Retention = retention,
            Retries = new()
            {
                NodeLost = retries[0],
                SystemError = retries[1],
                StoreError = retries[2],
                CommandFailed = retries[3],
            },
            Priority = priority,
            Checkpoint = checkpoint is { } interval ? new() { Path = "state/now", Interval = interval } : null,
            Labels = labels,
            Env = env,
            Array = array,
        };

    private static Gen<RunArray> Array() =>
        from names in TextOf("abcXYZ_019", 0, 9).Select(s => "A_" + s).NonEmptyListOf()
        from values in Lines.NonEmptyListOf()
        select new RunArray
        {
            Variables = new SortedDictionary<string, IReadOnlyList<string>>(
                names.Distinct().Take(2).ToDictionary(name => name, _ => (IReadOnlyList<string>)[.. values.Take(9)]),
                StringComparer.Ordinal
            ),
        };

    private static string Visible(string text) =>
        string.Concat(text.Where(c => !char.IsControl(c) || c is '\n' or '\r' or '\t'));

    private static Gen<string> TextOf(string letters, int least, int most) =>
        from length in Gen.Choose(least, most)
        from chars in Gen.Elements(letters.ToCharArray()).ArrayOf(length)
        select new string(chars);

    private static Gen<TimeSpan?> Seconds(int least, int most) =>
        Gen.Choose(least, most).Select(s => (TimeSpan?)TimeSpan.FromSeconds(s));

    private static Gen<T?> Maybe<T>(Gen<T> value) =>
        from there in Gen.Choose(0, 1)
        from made in value
        select there == 0 ? default : made;

    private static Gen<SortedDictionary<string, string>> Texts(Gen<string> keys, Gen<string> values) =>
        from count in Gen.Choose(0, 5)
        from pairs in keys.SelectMany(k => values.Select(v => (k, v))).ArrayOf(count)
        select new SortedDictionary<string, string>(
            pairs.DistinctBy(p => p.k).ToDictionary(p => p.k, p => p.v),
            StringComparer.Ordinal
        );

    private static Gen<FrameworkReference> Framework() =>
        Gen.Elements(FrameworkCatalog.Default.All.ToArray())
            .SelectMany(r =>
                Gen.Elements(r.Python.Count == 0 ? [null] : r.Python.ToArray<string?>())
                    .Select(p => new FrameworkReference(r.Name, r.Version, p, r.Image))
            );

    private static Gen<ComputeRequest> Compute() =>
        from named in Gen.Elements(ComputeConfigurations.All.ToArray())
        from byName in Gen.Choose(0, 1)
        from gpus in Gen.Choose(0, 64)
        from cpus in Gen.Choose(1, 10_240)
        from memory in Gen.Choose(16_000_000, int.MaxValue)
        from type in Gen.Elements(null, "a100", "k80", "rtx4090")
        from disk in Maybe(Gen.Choose(16_000_000, int.MaxValue).Select(bytes => (long?)(bytes * 100_000L)))
        from nodes in Gen.Choose(1, 64)
        select byName == 1
            ? named with
            {
                Nodes = nodes,
                DiskBytes = disk,
            }
            : new ComputeRequest
            {
                Gpus = gpus,
                Cpus = cpus / 10.0,
                MemoryBytes = memory,
                GpuType = type,
                DiskBytes = disk,
                Nodes = nodes,
            };

    private static Gen<DataStoreReference> Store() =>
        from type in Gen.Elements(Enum.GetValues<DataStoreType>())
        from name in Maybe(OneLine)
        from bucket in Name
        from region in Maybe(Name)
        from secret in Maybe(Name.Select(n => n.ToLowerInvariant()))
        let remote = type != DataStoreType.File
        select new DataStoreReference
        {
            Type = type,
            Name = name,
            // Two dots in a row are not allowed in a bucket's name.
            Bucket = bucket.Replace('.', '-'),
            Endpoint = remote ? new Uri("https://store.example.com:9000/v3") : null,
            Region = type is DataStoreType.S3 or DataStoreType.Swift ? region : null,
            SecretName = remote ? secret : null,
        };
}
