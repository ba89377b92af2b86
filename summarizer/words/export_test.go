package words

// WordsOf is how the words of a title are compared with a language's own.
var WordsOf = wordsOf
