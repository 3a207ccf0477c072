namespace Trainyard.Agent.Containers;

/// <summary>What a program prints: line by line to whoever wants it, and its end for later.</summary>
internal static class BoundedText
{
    /// <summary>Characters kept.</summary>
    private const int Most = 64 * 1024;

    private const int LongestLine = 4096;

    public static async Task<string> ReadAsync(
        TextReader reader,
        Action<string>? line,
        CancellationToken cancellationToken
    )
    {
        var kept = new Queue<string>();
        var length = 0;
        await foreach (var next in LinesAsync(reader, cancellationToken))
        {
            line?.Invoke(next);
            kept.Enqueue(next);
            length += next.Length + 1;
            while (length > Most)
            {
                length -= kept.Dequeue().Length + 1;
            }
        }
        return string.Join('\n', kept);
    }

    // Progress that overwrites itself is lines too; one without an end is cut.
    private static async IAsyncEnumerable<string> LinesAsync(
        TextReader reader,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var buffer = new char[4096];
        var line = new System.Text.StringBuilder();
        while (await reader.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            for (var i = 0; i < read; i++)
            {
                if (buffer[i] is not ('\n' or '\r'))
                {
                    line.Append(buffer[i]);
                }
                if (line.Length > 0 && (buffer[i] is '\n' or '\r' || line.Length == LongestLine))
                {
                    yield return line.ToString();
                    line.Clear();
                }
            }
        }
        if (line.Length > 0)
        {
            yield return line.ToString();
        }
    }
}
