using Trainyard.Core.Search;
using Trainyard.Core.Search.Methods;

namespace Trainyard.Benchmarks.Search;

/// <summary>
/// Trainings on a virtual clock, one GPU each, some at once: each starts up, and then its loss falls to what its
/// hyperparameters make of it, step by step and with noise; a deeper and wider network takes longer for a step. As in the
/// service they are looked at every five seconds. With early stopping the same points are tried, and what the GPUs did not have
/// to do is saved.
/// </summary>
internal static class Halving
{
    private const int Steps = 81;
    private const int Parallel = 8;
    private const double Look = 5;

    /// <summary>How far the best is above the least, and what it took.</summary>
    public static Outcome Run(TestFunction function, int points, int seed, SuccessiveHalving? rule)
    {
        var space = new SearchSpace(function.Parameters);
        var search = SearchMethods.Create("random", space, gridLevels: 5);
        var tried = new List<Observation>();
        var trainings = new List<Training>();
        while (tried.Count < points || trainings.Exists(t => t.GoesOn))
        {
            while (trainings.Count(t => t.GoesOn) < Parallel && tried.Count < points)
            {
                tried.Add(new Observation(search.Propose(tried, seed)!, Loss: null));
                var values = space.ValuesAt(tried[^1].Point);
                var chance = new Random((seed * 1000) + trainings.Count);
                trainings.Add(new Training(function.Loss(values) - function.Least, SecondsPerStep(values), chance));
            }
            foreach (var training in trainings.FindAll(t => t.GoesOn))
            {
                training.Pass(Look);
            }
            foreach (var training in trainings.FindAll(t => t.GoesOn))
            {
                var others = trainings.Where(t => t != training).Select(t => t.Seen).ToList();
                training.GoesOn = rule?.ShouldStop(training.Seen, [.. others]) != true;
            }
        }
        return new Outcome(
            trainings.Where(t => t.IsWhole).Min(t => t.Final),
            trainings.Sum(t => (long)t.Seen.Count),
            trainings.Sum(t => t.GpuSeconds)
        );
    }

    private static double SecondsPerStep(IReadOnlyDictionary<string, ParameterValue> values) =>
        0.5 + (0.5 * values["layers"].Number * Math.Sqrt(values["width"].Number / 256));

    /// <param name="Best">How far the best is above the least.</param>
    /// <param name="Steps">Made in all.</param>
    /// <param name="GpuSeconds">That the GPUs were taken, starting up included.</param>
    internal sealed record Outcome(double Best, long Steps, double GpuSeconds);

    private sealed class Training(double final, double secondsPerStep, Random chance)
    {
        private const double StartUp = 20;
        private const double Start = 3;
        private const double Pace = 12;
        private const double Noise = 0.03;

        public double Final => final;

        public bool GoesOn { get; set; } = true;

        public bool IsWhole => Seen.Count == Steps;

        public double GpuSeconds { get; private set; }

        public List<StepLoss> Seen { get; } = [];

        public void Pass(double seconds)
        {
            var end = StartUp + (Steps * secondsPerStep);
            GpuSeconds = Math.Min(end, GpuSeconds + seconds);
            while (!IsWhole && StartUp + ((Seen.Count + 1) * secondsPerStep) <= GpuSeconds)
            {
                Step();
            }
            GoesOn = !IsWhole;
        }

        private void Step()
        {
            var step = Seen.Count + 1;
            var noise = Noise * ((2 * chance.NextDouble()) - 1);
            Seen.Add(new StepLoss(step, final + (Start * Math.Exp(-step / Pace)) + noise));
        }
    }
}
