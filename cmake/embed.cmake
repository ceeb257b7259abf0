# Files built into the program: lk_embed(OUTPUT FOLDER) makes a C file with the table of tools/serve/web.h, of all files below FOLDER that a browser asks for.
# A changed file makes it anew; so does a new one at the next configuration.
function(lk_embed output folder)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${folder}/*.html ${folder}/*.js ${folder}/*.css ${folder}/*.svg ${folder}/*.json ${folder}/*.png ${folder}/*.ico
       ${folder}/*.woff2 ${folder}/*.webmanifest)
  list(FILTER files EXCLUDE REGEX "/(node_modules|test|tests)/")
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DFOLDER=${folder} "-DFILES=${files}" -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/embed-files.cmake
    DEPENDS ${files} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/embed-files.cmake
    COMMENT "Embedding the web pages"
    VERBATIM)
endfunction()
