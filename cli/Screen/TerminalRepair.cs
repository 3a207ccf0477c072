namespace Trainyard.Cli.Screen;

/// <summary>The escape sequences that undo a log's changes to the terminal.</summary>
internal sealed class TerminalRepair
{
    private const char Escape = '\e';
    private const char ShiftOut = '\x0e';

    // Soft reset, plain text, visible cursor, default character set.
    private const string Usual = "\e[!p\e[0m\e[?25h\e(B\x0f";

    // Mouse reports off, bracketed paste off.
    private const string Unasked = "\e[?1000l\e[?1002l\e[?1003l\e[?1006l\e[?2004l";
    private const string FirstScreen = "\e[?1049l";
    private static readonly string[] SecondScreens = ["[?1049h", "[?1047h", "[?47h"];

    private bool _wasTold;
    private bool _hasModes;
    private bool _hasSecondScreen;

    public void Note(string text)
    {
        _wasTold |= text.Contains(Escape) || text.Contains(ShiftOut);
        _hasModes |= text.Contains("\e[?", StringComparison.Ordinal);
        _hasSecondScreen |= _hasModes && SecondScreens.Any(s => text.Contains(s, StringComparison.Ordinal));
    }

    /// <summary>Returns the sequence once; empty when the log changed nothing.</summary>
    public string Take()
    {
        var sequence = (_hasSecondScreen ? FirstScreen : "") + (_hasModes ? Unasked : "") + (_wasTold ? Usual : "");
        (_wasTold, _hasModes, _hasSecondScreen) = (false, false, false);
        return sequence;
    }
}
