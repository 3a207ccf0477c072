namespace Trainyard.Agent.Containers;

/// <summary>Reads a program's output: passes it on line by line, and keeps its end.</summary>
internal static class BoundedText
{
    /// <summary>The number of characters kept.</summary>
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

    // Progress output that overwrites itself counts as lines; a line without an end is cut.
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
