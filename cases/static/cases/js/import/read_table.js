// Reads a list that an officer picked into plain cells, in this browser: the file itself is never sent anywhere.
import { unzipSync, zipSync } from "fflate";
import Papa from "papaparse";
import readXlsxFile from "read-excel-file/universal";
import { EnlaceError } from "sealed/errors.js";

const MOST_BYTES = 20 * 1024 * 1024;
const MOST_UNPACKED = 200 * 1024 * 1024;
const ZIP = [0x50, 0x4b, 0x03, 0x04];

const cellOf = (value) => {
  if (value instanceof Date) return { date: value.toISOString().slice(0, 10) };
  return value === undefined ? null : value;
};

/** -> [{name, rows: [[cell]]}] of an .xlsx or delimited text file, told apart by its bytes and not by its name. */
export async function readTable(file) {
  if (file.size > MOST_BYTES) throw new EnlaceError("file_too_large");
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (ZIP.every((byte, place) => bytes[place] === byte)) return readWorkbook(bytes);
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf) throw new EnlaceError("old_excel_file");
  return [{ name: file.name, rows: readText(bytes) }];
}

async function readWorkbook(bytes) {
  try {
    const sheets = await readXlsxFile(unpacked(bytes).buffer);
    return sheets.map(({ sheet, data }) => ({ name: sheet, rows: data.map((row) => row.map(cellOf)) }));
  } catch (error) {
    if (error instanceof EnlaceError) throw error;
    throw new EnlaceError("not_a_table", error.message);
  }
}

/** The same archive without compression. The reader would unpack large sheets in a worker made from a blob, which our CSP
 *  forbids for good reason; and a workbook that unpacks to gigabytes is refused before it is unpacked. */
function unpacked(bytes) {
  let total = 0;
  const files = unzipSync(bytes, {
    filter: ({ originalSize }) => {
      total += originalSize;
      if (total > MOST_UNPACKED) throw new EnlaceError("file_too_large");
      return true;
    },
  });
  return zipSync(files, { level: 0 });
}

function readText(bytes) {
  const parsed = Papa.parse(decode(bytes), { skipEmptyLines: "greedy", delimitersToGuess: [",", ";", "\t", "|"] });
  return parsed.data.map((row) => row.map((cell) => (cell === "" ? null : cell)));
}

/** UTF-8, or what Excel in Latin America writes when asked for CSV. */
function decode(bytes) {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
