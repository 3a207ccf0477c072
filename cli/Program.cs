using Trainyard.Cli;

using var interrupt = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    // The first Ctrl-C lets the command end in order; the second one ends the process.
    e.Cancel = !interrupt.IsCancellationRequested;
    interrupt.Cancel();
};
return await Bx.RunAsync(args, Surroundings.OfThisProcess(), interrupt.Token);
