namespace Trainyard.Cli.Streams;

/// <summary>The three standard streams, as far as this program was started with them.</summary>
internal static class StandardStreams
{
    private const int Input = 0;
    private const int Output = 1;
    private const int Error = 2;

    public static bool HasInput => Has(Input);

    public static TextWriter OpenOutput() =>
        Writer(
            OperatingSystem.IsWindows() ? Console.OpenStandardOutput()
            : Has(Output) ? new DescriptorStream(Output)
            : new ClosedOutputStream()
        );

    public static TextWriter OpenError() =>
        Writer(
            OperatingSystem.IsWindows() ? Console.OpenStandardError()
            : Has(Error) ? new BestEffortStream(new DescriptorStream(Error))
            : Stream.Null
        );

    public static TextReader OpenInput() => HasInput ? Console.In : TextReader.Null;

    /// <summary>Waits, on a thread of its own, until nobody reads standard output any more.</summary>
    public static CancellationToken WatchReader()
    {
        if (OperatingSystem.IsWindows() || !Has(Output))
        {
            return CancellationToken.None;
        }
        var gone = new CancellationTokenSource();
        var watch = new Thread(() => WaitForLoss(gone)) { IsBackground = true, Name = "reader of standard output" };
        watch.Start();
        return gone.Token;
    }

    private static void WaitForLoss(CancellationTokenSource gone)
    {
        // A file never loses its reader. Interrupted waits start again, after a pause in case they keep failing.
        while ((Native.Poll(Output, events: 0, milliseconds: 60_000) & (Native.Failed | Native.HungUp)) == 0)
        {
            Thread.Sleep(TimeSpan.FromMilliseconds(20));
        }
        gone.Cancel();
    }

    private static bool Has(int descriptor) => OperatingSystem.IsWindows() || Native.IsInherited(descriptor);

    private static TextWriter Writer(Stream stream) =>
        TextWriter.Synchronized(new StreamWriter(stream, Console.OutputEncoding) { AutoFlush = true });
}
