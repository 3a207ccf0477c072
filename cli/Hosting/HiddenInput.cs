using System.Text;

namespace Trainyard.Cli.Hosting;

/// <summary>Reads a line from the terminal that nobody sees.</summary>
internal static class HiddenInput
{
    /// <param name="prompt">Says what is wanted, once nothing is shown any more: who types at once is not seen either.</param>
    public static string ReadLine(Action prompt)
    {
        // The first check for keys turns the terminal's echo off, and it stays off.
        _ = Console.KeyAvailable;
        prompt();
        var line = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    return line.ToString();
                case ConsoleKey.Backspace:
                    line.Length = Math.Max(0, line.Length - 1);
                    break;
                default:
                    if (!char.IsControl(key.KeyChar))
                    {
                        line.Append(key.KeyChar);
                    }
                    break;
            }
        }
    }
}
