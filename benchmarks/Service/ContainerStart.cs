namespace Trainyard.Benchmarks.Service;

/// <summary>The way from submit to the command's start in a container whose image is there, beside the same without one.</summary>
internal static class ContainerStart
{
    public static async Task MeasureAsync(int runs)
    {
        var images = Directory.CreateTempSubdirectory("trainyard-benchmark-").FullName;
        try
        {
            if (!await BenchmarkImage.TryMakeAsync(images))
            {
                Console.WriteLine(
                    "submit to command started in a container: not measured, podman or busybox is missing"
                );
                return;
            }
            await using var world = await SubmitWorld.OpenAsync();
            // The node tells only after its start that it runs containers; a run waits for that.
            await world.TimeAsync(BenchmarkImage.Name);
            var (native, inside) = (new List<double>(), new List<double>());
            for (var run = 0; run < SubmitWorld.WarmUps + runs; run++)
            {
                var (without, _) = await world.TimeAsync(image: null);
                var (within, _) = await world.TimeAsync(BenchmarkImage.Name);
                if (run >= SubmitWorld.WarmUps)
                {
                    native.Add(without);
                    inside.Add(within);
                }
            }
            Figures.Print("submit to command started, without a container", native, "ms");
            Figures.Print("submit to command started, in a warm container", inside, "ms");
            Console.WriteLine(
                $"  a container adds {Figures.Median(inside) - Figures.Median(native):0} ms (target: 300 or less)"
            );
            await BenchmarkImage.RemoveAsync();
        }
        finally
        {
            Directory.Delete(images, recursive: true);
        }
    }
}
