using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using Mark = Trainyard.Manifests.Problems.Mark;
using YamlMark = YamlDotNet.Core.Mark;

namespace Trainyard.Manifests.Yaml;

/// <summary>
/// Reads one YAML (or JSON) document into a tree that keeps texts and marks, within the limits.
/// What it refuses it reports, and gives null.
/// </summary>
internal sealed class YamlTreeReader(ManifestLimits limits, ProblemList problems)
{
    private readonly NodeBudget _budget = new(limits);
    private readonly Dictionary<string, (YamlNode Node, int Size)> _anchors = [];
    private readonly YamlPath _path = new();

    public YamlNode? Read(string text)
    {
        using var reader = new StringReader(text);
        var parser = new Parser(reader);
        try
        {
            return ReadDocument(parser);
        }
        catch (RefusedException e)
        {
            var path = e.Code == ManifestCodes.Syntax ? "" : _path.ToString();
            problems.Error(e.Code, e.Message, path, e.Mark, e.Allowed);
        }
        catch (YamlException e)
        {
            // The library's messages may quote the text, so they are replaced.
            problems.Error(ManifestCodes.Syntax, YamlSyntax.Explain(e), "", YamlSyntax.Place(e, text));
        }
        catch (InvalidOperationException)
        {
            // The library throws this for some lists that are never closed.
            problems.Error(ManifestCodes.Syntax, YamlSyntax.Unclosed, "", EndOf(parser));
        }
        catch (ArgumentException)
        {
            // The library throws this for some tags.
            problems.Error(ManifestCodes.Tag, YamlTags.Refusal, "", EndOf(parser), "no tag");
        }

        return null;
    }

    private YamlNode? ReadDocument(Parser parser)
    {
        Next<StreamStart>(parser);
        if (!parser.MoveNext() || parser.Current is StreamEnd)
        {
            throw new RefusedException(ManifestCodes.Empty, "The manifest is empty.", Mark.Start);
        }

        parser.MoveNext();
        var (root, _) = ReadNode(parser, depth: 1);
        Next<DocumentEnd>(parser);
        if (parser.MoveNext() && parser.Current is DocumentStart second)
        {
            throw new RefusedException(
                ManifestCodes.SeveralDocuments,
                "A second document starts here; a manifest is one document.",
                MarkOf(second.Start)
            );
        }

        return root;
    }

    private (YamlNode Node, int Size) ReadNode(Parser parser, int depth)
    {
        if (parser.Current is AnchorAlias alias)
        {
            return Resolve(alias);
        }

        // The library's events do not always balance for broken text.
        if (parser.Current is not NodeEvent start)
        {
            throw new RefusedException(ManifestCodes.Syntax, YamlSyntax.Unclosed, EndOf(parser));
        }

        var mark = MarkOf(start.Start);
        _budget.Take(mark, depth);
        YamlTags.Check(start, mark);
        var read = start switch
        {
            Scalar scalar => (ReadScalar(scalar), 1),
            SequenceStart => ReadList(parser, mark, depth),
            _ => ReadMap(parser, mark, depth),
        };
        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor.Value] = read;
        }

        return read;
    }

    private (YamlNode Node, int Size) Resolve(AnchorAlias alias)
    {
        var mark = MarkOf(alias.Start);
        if (!_anchors.TryGetValue(alias.Value.Value, out var target))
        {
            throw new RefusedException(
                ManifestCodes.UnknownAlias,
                "This alias names no anchor that stands complete before it.",
                mark
            );
        }

        _budget.TakeAlias(mark, target.Size);
        return target;
    }

    private YamlScalar ReadScalar(Scalar scalar)
    {
        var mark = MarkOf(scalar.Start);
        if (scalar.Value.Length > limits.MaxScalarLength)
        {
            throw new RefusedException(
                ManifestCodes.ScalarTooLong,
                "This value is too long.",
                mark,
                $"at most {limits.MaxScalarLength} characters"
            );
        }

        return new(
            scalar.Value,
            scalar.Style == ScalarStyle.Plain,
            mark,
            MarkOf(scalar.End),
            isFolded: scalar.Style == ScalarStyle.Folded
        );
    }

    private (YamlNode Node, int Size) ReadList(Parser parser, Mark start, int depth)
    {
        var items = new List<YamlNode>();
        var size = 1;
        while (parser.MoveNext() && parser.Current is not SequenceEnd)
        {
            _path.Enter(items.Count);
            var (item, itemSize) = ReadNode(parser, depth + 1);
            _path.Leave();
            items.Add(item);
            size += itemSize;
        }

        return (new YamlList(items, start, MarkOf(parser.Current!.End)), size);
    }

    private (YamlNode Node, int Size) ReadMap(Parser parser, Mark start, int depth)
    {
        var entries = new List<YamlEntry>();
        var repeated = new List<YamlEntry>();
        var seen = new Dictionary<string, Mark>();
        var size = 1;
        while (parser.MoveNext() && parser.Current is not MappingEnd)
        {
            var key = ReadKey(parser, depth);
            parser.MoveNext();
            var place = _path.ToString();
            _path.Enter(key.Text);
            var (value, valueSize) = ReadNode(parser, depth + 1);
            size += valueSize + 1;
            if (seen.TryAdd(key.Text, key.Start))
            {
                entries.Add(new(key, value));
            }
            else
            {
                repeated.Add(new(key, value));
                problems.Error(
                    ManifestCodes.DuplicateKey,
                    $"{Quote.Key(ShownKey.Of(key.Text, place))} stands here twice; it was first given in line {seen[key.Text].Line}.",
                    _path.ToString(),
                    key.Start
                );
            }

            _path.Leave();
        }

        return (new YamlMap(entries, repeated, start, MarkOf(parser.Current!.End)), size);
    }

    private YamlScalar ReadKey(Parser parser, int depth)
    {
        var (node, _) = ReadNode(parser, depth + 1);
        return node switch
        {
            YamlScalar { Text: "<<", IsPlain: true } merge => throw new RefusedException(
                ManifestCodes.MergeKey,
                "Merge keys (<<) are not supported; an alias may stand for a whole value instead.",
                merge.Start
            ),
            YamlScalar key => key,
            _ => throw new RefusedException(
                ManifestCodes.KeyNotText,
                "A key is plain text, not a list or a map.",
                node.Start
            ),
        };
    }

    private static void Next<T>(Parser parser)
    {
        if (!parser.MoveNext() || parser.Current is not T)
        {
            throw new SyntaxErrorException("The text ends too early.");
        }
    }

    private static Mark EndOf(Parser parser) => parser.Current is { } current ? MarkOf(current.End) : Mark.Start;

    private static Mark MarkOf(in YamlMark mark) =>
        new(Math.Max(1, (int)mark.Line), Math.Max(1, (int)mark.Column), (int)mark.Index);
}
