namespace Trainyard.Core.Stores;

/// <summary>
/// A pattern for object names: <c>*</c> and <c>?</c> stay within a name, <c>**</c> as a whole part stands for any
/// folders. A pattern without a slash matches in every folder.
/// </summary>
/// <remarks>
/// Takes at most (length of the name) × (length of the pattern) steps, so it needs no time limit. A time limit would fail
/// runs on a busy node.
/// </remarks>
internal sealed class GlobPattern
{
    // Patterns of this length and below are matched without an allocation.
    private const int MostOnStack = 256;

    private readonly Token[] _tokens;

    private GlobPattern(Token[] tokens) => _tokens = tokens;

    private enum Kind
    {
        Literal,
        AnyOfName,
        ManyOfName,

        // Both together match any number of whole folders, also none: the first allows the second to be skipped.
        MaybeFolders,
        InFolders,
        Rest,
    }

    public static GlobPattern Parse(string pattern)
    {
        var tokens = new List<Token>();
        if (!pattern.Contains('/', StringComparison.Ordinal))
        {
            AddFolders(tokens);
        }
        var parts = pattern.Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            var isLast = i == parts.Length - 1;
            if (parts[i] != "**")
            {
                tokens.AddRange(parts[i].Select(OfName));
                tokens.AddRange(isLast ? [] : [new Token(Kind.Literal, '/')]);
            }
            else if (isLast)
            {
                tokens.Add(new Token(Kind.Rest));
            }
            else
            {
                AddFolders(tokens);
            }
        }
        return new GlobPattern([.. tokens]);
    }

    public bool IsMatch(ReadOnlySpan<char> name)
    {
        // One place before each token and one after the last. True: the characters so far can lead to it.
        var count = _tokens.Length + 1;
        var reached = count <= MostOnStack ? stackalloc bool[count] : new bool[count];
        var next = count <= MostOnStack ? stackalloc bool[count] : new bool[count];
        reached.Clear();
        Reach(reached, 0);
        foreach (var c in name)
        {
            next.Clear();
            for (var i = 0; i < _tokens.Length; i++)
            {
                if (reached[i])
                {
                    Take(next, i, c);
                }
            }
            var swap = reached;
            reached = next;
            next = swap;
        }
        return reached[^1];
    }

    private static void AddFolders(List<Token> tokens)
    {
        tokens.Add(new Token(Kind.MaybeFolders));
        tokens.Add(new Token(Kind.InFolders));
    }

    private static Token OfName(char c) =>
        c switch
        {
            '*' => new Token(Kind.ManyOfName),
            '?' => new Token(Kind.AnyOfName),
            _ => new Token(Kind.Literal, c),
        };

    private void Take(Span<bool> next, int i, char c)
    {
        switch (_tokens[i].Kind)
        {
            case Kind.Literal when c == _tokens[i].Character:
            case Kind.AnyOfName when c != '/':
                Reach(next, i + 1);
                break;
            case Kind.ManyOfName when c != '/':
            case Kind.Rest:
                Reach(next, i);
                break;
            case Kind.InFolders:
                next[i] = true;
                if (c == '/')
                {
                    Reach(next, i + 1);
                }
                break;
        }
    }

    // Also marks the places after tokens that may match nothing.
    private void Reach(Span<bool> places, int i)
    {
        while (!places[i])
        {
            places[i] = true;
            if (i == _tokens.Length)
            {
                return;
            }
            switch (_tokens[i].Kind)
            {
                case Kind.ManyOfName or Kind.Rest:
                    i++;
                    break;
                case Kind.MaybeFolders:
                    places[i + 1] = true;
                    i += 2;
                    break;
                default:
                    return;
            }
        }
    }

    private readonly record struct Token(Kind Kind, char Character = '\0');
}
